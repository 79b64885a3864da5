"""Restorers: a blurred face in, a sharp one out; GFPGAN, CodeFormer, GPEN and RestoreFormer."""

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.enhancers.pixels import image_of
from livecam.errors import ModelError
from livecam.picture import Image
from livecam.runtime.manifest import Manifest, Span
from livecam.runtime.session import Session
from livecam.runtime.tensor import to_tensor


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Head:
    """How the output is read, and what the model can be told."""

    levels: Span = (-1.0, 1.0)
    """What black and full colour are in the output."""
    weight: str | None = None
    """Name of the input that says how much is kept, 0–1; None where there is none."""


class Restorer:
    """Draws a face anew; the first output of the graph is the image."""

    def __init__(self, manifest: Manifest, session: Session) -> None:
        spec, head = manifest.input, manifest.head_as(Head)
        if spec is None or set(session.inputs) != {spec.name, head.weight} - {None}:
            raise ModelError(
                f"The model '{manifest.name}' takes {', '.join(map(repr, session.inputs))}, and "
                "its manifest says otherwise.",
                hint="Correct `name` in its [input] and `weight` in its [head].",
            )
        if spec.template is None:
            raise ModelError(
                f"The manifest of '{manifest.name}' names no template to align faces to.",
                hint="Give its [input] a template, such as ffhq_512.",
            )
        self._name = manifest.name
        self._spec = spec
        self._levels = head.levels
        self._weight = head.weight
        self._session = session
        self.template = spec.template
        self.size = spec.size[0]

    def enhance(self, image: Image, *, weight: float) -> Image:
        """See `Enhancer.enhance`."""
        feeds = {self._spec.name: to_tensor(image, self._spec)}
        if self._weight is not None:
            kind = self._session.inputs[self._weight].dtype
            feeds[self._weight] = np.full(1, weight, kind)
        tensor = self._session.run(feeds)[0]
        return image_of(tensor, self._spec, self._levels, self.size, self.size, of=self._name)
