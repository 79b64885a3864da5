"""What is known of a face: where it is, who it is, and the crop it is worked on in.

Coordinates are px of the full frame unless said, pixel centres at integers, x to the right and
y down. Transforms are named `to_from`: `crop_from_frame @ (x, y, 1)` maps frame px to crop px.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from livecam.picture import Affine, Image, Picture

Points = NDArray[np.float32]
"""float32 (n, 2): x, y in px."""
Mesh = NDArray[np.float32]
"""float32 (468, 3): x, y in px and z in the same unit, smaller nearer to the camera (FaceMesh)."""
Embedding = NDArray[np.float32]
"""float32 (d,): who somebody is, as an embedder gives it; only its direction is comparable."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, px."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Extent in x, px."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent in y, px."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """px²; 0 for an empty box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def centre(self) -> tuple[float, float]:
        """x, y of the middle, px."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def iou(self, other: "Box") -> float:
        """Intersection over union with `other`, 0–1."""
        inner = Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )
        if inner.width <= 0 or inner.height <= 0:
            return 0.0
        return inner.area / (self.area + other.area - inner.area)


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face as a detector sees it."""

    box: Box
    score: float
    """0–1"""
    landmarks: Points
    """float32 (5, 2) px: two eyes, nose tip, two mouth corners; the picture's left first."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face of one frame, followed through time."""

    track_id: int
    """Stays with the person, never reused."""
    box: Box
    landmarks: Points
    """float32 (5, 2) px, ordered as `Detection.landmarks`."""
    mesh: Mesh | None
    """The dense landmarks, or None where the landmarker gives none."""
    score: float
    """Confidence that this is a face, 0–1."""
    detected: bool
    """True when the detector saw it in this frame, False when it was carried here by motion."""
    points: Points | Mesh | None = None
    """All that the landmarker gives, float32 (n, 2) or (n, 3); `mesh` is the same where that is
    a mesh."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """The person whose face is to be worn."""

    name: str
    portrait: Image
    """uint8 (h, w, 3) RGB."""
    mesh: Mesh | None = None
    """Dense landmarks in px of `portrait`."""
    landmarks: Points | None = None
    """float32 (5, 2) px of `portrait`, ordered as `Detection.landmarks`."""
    embeddings: Mapping[str, Embedding] = field(default_factory=dict)
    """By the name of the embedder."""


@dataclass(frozen=True, eq=False)
class Crop:
    """A face upright in a square at a model's size, cut out when it is first looked at.

    Raises:
        PipelineError: When it is looked at: `crop_from_frame` cannot be inverted.
    """

    picture: Picture
    """Where it is cut out of."""
    crop_from_frame: Affine
    size: int
    """Side, px; even."""

    @cached_property
    def image(self) -> Image:
        """uint8 (size, size, 3) RGB."""
        return self.picture.crop(self.crop_from_frame, self.size)

    @cached_property
    def planes(self) -> Picture:
        """The same as a small picture, for models that need no RGB."""
        return self.picture.cut(self.crop_from_frame, self.size)
