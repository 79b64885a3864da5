"""A generator's graph: pictures and an identity in, pictures out."""

import logging
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.picture import Image
from livecam.runtime.manifest import Input, Manifest
from livecam.runtime.session import Session
from livecam.runtime.tensor import to_tensor

_log = logging.getLogger(__name__)

_ALIKE = 0.02
"""How far a picture out of a batch may be from the same one by itself, share of the output range;
half floats differ by less."""


class Network:
    """Feeds pictures and an identity to a session, the way the model's manifest says.

    Args:
        manifest: Of the model.
        session: The model, ready to run.
        source: Name of the tensor that takes the identity.
        output: Name of the output that is the picture; None takes the first.
        outputs: How many there are.
        span: What black and white are in the output.

    Raises:
        ModelError: The manifest and the graph disagree.
    """

    def __init__(
        self,
        manifest: Manifest,
        session: Session,
        *,
        source: str,
        output: str | None,
        outputs: int,
        span: tuple[float, float],
    ) -> None:
        self._name = manifest.name
        self._session = session
        self._spec = _image_input(manifest, session, source)
        self._source = source
        self._low, self._high = span
        self.size = self._spec.size[0]
        """Side of the pictures, px."""
        names = list(session.outputs)
        if len(names) != outputs or (output or names[0]) not in names:
            raise ModelError(
                f"The model '{manifest.name}' gives {', '.join(map(repr, names))}; its manifest "
                f"says {outputs} outputs{f', {output!r} among them' if output else ''}.",
                hint="Correct `output` and `outputs` in the [head] of the model's manifest.",
            )
        self._place = names.index(output or names[0])
        self._batches: bool | None = None
        if session.inputs[self._spec.name].shape[0] == 1:
            self._batches = False

    def run(self, images: Sequence[Image], source: NDArray[np.float32]) -> list[Image]:
        """What the graph makes of each of `images` for one identity, in one batch if it can.

        Args:
            images: uint8 (size, size, 3) RGB each.
            source: What the graph takes as the identity, its batch of one included.

        Raises:
            ModelError: The graph failed to run, or gave something that is no picture.
        """
        tensor = np.concatenate([to_tensor(image, self._spec) for image in images])
        if len(images) > 1 and self._batches is None:
            self._batches = self._can_batch(tensor, source)
        if len(images) == 1 or self._batches:
            pictures = self._outputs(tensor, source)
        else:
            pictures = np.concatenate([self._outputs(one[None], source) for one in tensor])
        return [self._image(picture) for picture in pictures]

    def _outputs(
        self, tensor: NDArray[np.float32], source: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        wanted = self._session.inputs
        batch = wanted[self._source].shape[0]
        if batch is None and len(tensor) > 1:
            source = np.repeat(source, len(tensor), axis=0)
        feeds = {
            self._spec.name: tensor.astype(wanted[self._spec.name].dtype, copy=False),
            self._source: source.astype(wanted[self._source].dtype, copy=False),
        }
        found = np.asarray(self._session.run(feeds)[self._place], np.float32)
        if found.shape != tensor.shape or not math.isfinite(float(found.sum())):
            raise ModelError(
                f"The model '{self._name}' gave no picture but {found.shape} numbers, for "
                f"{tensor.shape}{'' if found.shape != tensor.shape else ', not all finite'}.",
                hint="Try another execution provider, or the model in full precision.",
            )
        return found

    def _can_batch(self, tensor: NDArray[np.float32], source: NDArray[np.float32]) -> bool:
        """Whether a picture comes out the same beside another one as by itself; tried once.

        Many a graph says that it takes batches, or is made to, and has a batch of one within.
        """
        unlike = np.concatenate([np.flip(tensor[:1]), tensor[:1]])
        try:
            together = self._outputs(unlike, source)[1:]
        except ModelError as error:
            _log.info("%s takes no batches, and runs once for each part: %s", self._name, error)
            return False
        apart = self._outputs(tensor[:1], source)
        gap = float(np.abs(together - apart).max()) / (self._high - self._low)
        if gap > _ALIKE:
            _log.info("%s mixes what is in a batch, and runs once for each part", self._name)
        return gap <= _ALIKE

    def _image(self, picture: NDArray[Any]) -> Image:
        """uint8 (size, size, 3) RGB of one output."""
        levels = (picture - np.float32(self._low)) * np.float32(255 / (self._high - self._low))
        if self._spec.layout == "nchw":
            levels = levels.transpose(1, 2, 0)
        if self._spec.channels == "bgr":
            levels = levels[..., ::-1]
        return np.ascontiguousarray(np.rint(np.clip(levels, 0, 255)), np.uint8)


def _image_input(manifest: Manifest, session: Session, source: str) -> Input:
    """The manifest's input, which the graph has beside `source`, for square crops of its size."""
    spec = manifest.input
    if spec is None or set(session.inputs) != {spec.name, source}:
        raise ModelError(
            f"The model '{manifest.name}' takes {', '.join(map(repr, session.inputs))}; its "
            f"manifest says {'no [input]' if spec is None else repr(spec.name)} and {source!r}.",
            hint="Correct [input] and the `source` of [head] in the model's manifest.",
        )
    width, height = spec.size
    sides = (3, height, width) if spec.layout == "nchw" else (height, width, 3)
    shape = session.inputs[spec.name].shape
    agrees = len(shape) == 4 and all(
        dim in {None, side} for dim, side in zip(shape[1:], sides, strict=True)
    )
    if width != height or not agrees:
        raise ModelError(
            f"The graph of '{manifest.name}' takes {session.inputs[spec.name]}, and its manifest "
            f"says {width} × {height} px, {spec.layout}.",
            hint="Correct `size` and `layout` in the [input] of the model's manifest.",
        )
    return spec
