"""Where a face lies in the crop that a model wants."""

from livecam.errors import ModelError
from livecam.face import Points
from livecam.picture import Affine
from livecam.vision.geometry import similarity
from livecam.vision.templates import TEMPLATES


def align(landmarks: Points, template: str, size: int) -> Affine:
    """The map that lays five landmarks on a template: float32 (2, 3), `crop_from_frame`.

    Args:
        landmarks: float32 (5, 2) px, ordered as `Detection.landmarks`.
        template: Name of the template.
        size: Side of the crop, px. The publishers of the templates multiply them by it, and count
            from the centre of the first pixel, as livecam does.

    Raises:
        ModelError: There is no such template.
        PipelineError: The landmarks coincide, or are not finite.
    """
    if template not in TEMPLATES:
        raise ModelError(
            f"There is no template '{template}'.",
            hint=f"Let the manifest's [input] name one of {', '.join(TEMPLATES)}.",
        )
    return similarity(landmarks, TEMPLATES[template] * size)
