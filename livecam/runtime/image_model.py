"""A model whose one input is an image."""

from typing import Any

from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.picture import Image
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.runtime.tensor import to_tensor


class ImageModel:
    """Feeds images to a session, the way the model's manifest says.

    Args:
        manifest: Of the model.
        session: The model, ready to run.
        outputs: How many the caller decodes.

    Raises:
        ModelError: The manifest and the graph disagree, or the graph has other outputs.
    """

    def __init__(self, manifest: Manifest, session: Session, *, outputs: int) -> None:
        spec = manifest.input
        if spec is None or set(session.inputs) != {spec.name}:
            raise ModelError(
                f"The model '{manifest.name}' takes {', '.join(map(repr, session.inputs))}; its "
                f"manifest says {'nothing' if spec is None else repr(spec.name)}.",
                hint="Correct [input] in the model's manifest.",
            )
        taken = session.inputs[spec.name]
        if len(taken.shape) != 4:
            raise ModelError(
                f"The model '{manifest.name}' takes {taken}, which is no image.",
                hint="Correct `family` in the model's manifest.",
            )
        if len(session.outputs) != outputs:
            raise ModelError(
                f"The model '{manifest.name}' has {len(session.outputs)} outputs; "
                f"the family '{manifest.family}' decodes {outputs}.",
                hint="Correct `family` in the model's manifest.",
            )
        self.spec = spec
        """How an image becomes the input."""
        self._session = session
        height, width = taken.shape[2:4] if spec.layout == "nchw" else taken.shape[1:3]
        self.width: int | None = width
        """px; None where any will do."""
        self.height: int | None = height
        """px; None where any will do."""

    @property
    def side(self) -> int:
        """Side of the square crops the model takes, px.

        Raises:
            ModelError: It takes other images, or crops of another size than the manifest says.
        """
        width, height = self.spec.size
        if width != height or {self.width, self.height} - {width, None}:
            raise ModelError(
                f"The graph takes images of {self.width} × {self.height} px, and its manifest says "
                f"{width} × {height}; they should be square, and agree.",
                hint="Correct `size` in the [input] of the model's manifest.",
            )
        return width

    def run(self, image: Image) -> list[NDArray[Any]]:
        """The outputs for `image`, uint8 (h, w, 3) RGB, in the graph's order.

        Raises:
            ModelError: The size is not one the graph takes, or the graph failed to run.
        """
        return self._session.run({self.spec.name: to_tensor(image, self.spec)})
