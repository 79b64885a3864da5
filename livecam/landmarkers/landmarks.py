"""What a landmarker says about one face."""

from dataclasses import dataclass

from livecam.face import Mesh, Points
from livecam.vision.layout import mesh_of
from livecam.vision.mesh import five_points


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """A face seen closely. Where `presence` is low, the points mean nothing."""

    points: Points | Mesh
    """All that the landmarker gives, float32 (n, 2) or (n, 3), px of the frame."""
    presence: float
    """Confidence that there is a face where the landmarker looked, 0–1."""
    tells: bool = True
    """Whether `presence` tells a face from what is none; else only the detector can."""

    @property
    def landmarks(self) -> Points:
        """float32 (5, 2), px of the frame, ordered as `Detection.landmarks`."""
        return five_points(self.points)

    @property
    def mesh(self) -> Mesh | None:
        """float32 (468, 3), px of the frame; None where the landmarker gives other points."""
        return mesh_of(self.points)
