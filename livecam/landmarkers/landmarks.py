"""What a landmarker says about one face."""

from dataclasses import dataclass

from livecam.face import Mesh, Points


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """A face seen closely. Where `presence` is low, the points mean nothing."""

    mesh: Mesh
    """float32 (468, 3), px of the frame."""
    landmarks: Points
    """float32 (5, 2), px of the frame, ordered as `Detection.landmarks`."""
    presence: float
    """Confidence that there is a face where the landmarker looked, 0–1."""
