"""The 68 points of iBUG 300-W, as many landmarkers and masks count them, on a FaceMesh mesh.

Sagonas et al., "300 Faces in-the-Wild Challenge", 2013. Left and right are the picture's, and the
points go from left to right: 0–16 the jaw, 17–26 the brows, 27–35 the nose, 36–47 the eyes, 48–67
the lips.
"""

import numpy as np

from livecam.face import Mesh, Points

_ON_THE_MESH = np.array(
    [
        127, 234, 93, 132, 58, 172, 150, 176, 152, 400, 379, 397, 288, 361, 323, 454, 356,
        70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
        168, 197, 5, 4, 75, 97, 2, 326, 305,
        33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
        61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181,
        78, 82, 13, 312, 308, 317, 14, 87,
    ]
)  # fmt: skip


def ibug_points(points: Points | Mesh) -> Points | None:
    """The 68 points among those of a landmarker, float32 (68, 2); None where they are not there.

    Args:
        points: float32 (468, 3) of FaceMesh, float32 (68, 2 or 3), or of others.
    """
    if len(points) == 468:
        points = points.take(_ON_THE_MESH, axis=0)
    return np.ascontiguousarray(points[:, :2], np.float32) if len(points) == 68 else None
