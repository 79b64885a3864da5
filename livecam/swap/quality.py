"""Whether the face on a picture is good enough to be worn, and how good it is.

The bounds were measured on the rendered people: their portraits made smaller, blurred and cut off,
and the frames of their clips, with MobileFaceNet to say how well each is still recognised.
"""

import math

import cv2
import numpy as np

from livecam.errors import SourceError
from livecam.face import Detection, Identity, Mesh, Points
from livecam.picture import Picture
from livecam.vision.alignment import align
from livecam.vision.mesh import eye_distance
from livecam.vision.pose import yaw_deg

MIN_WIDTH = 48
"""Narrowest face that can be worn, px: a portrait of 128 px has one of 51 to 54, which is
recognised as well as the original (cosine 0.98)."""
MIN_SHARPNESS = 0.52
"""Portraits have 0.69 to 0.74 at any size, 0.65 and more at 128 px; frames of clips, with motion
and compression, 0.61 and more. A blur of σ = 1.4 % of the face's width leaves 0.59, one of 2.3 %
0.51 to 0.54, one of 2.7 % at most 0.50; there the cosine to the original falls below 0.85."""
MAX_YAW_DEG = 35.0
"""One cheek is missing beyond it for the mesh swap; for recognisers the cosine to the portrait is
0.77 to 0.80 between 30° and 40°, and 0.44 to 0.60 beyond 40°. The mesh shows up to 7° more than
there is, so that every face within 28° passes."""
MAX_OUTSIDE = 0.05
"""Share of the mesh that may lie outside the picture: up to there the cosine to the whole portrait
is 0.86 and more, at 0.08 it falls to 0.69 where the forehead is missing."""

_SIDE, _TEMPLATE = 96, "arcface_112_v2"
_ENOUGH = 128.0
"""Between the outer corners of the eyes, px; what is larger is made smaller before it is worn."""


def refuse_small(name: str, face: Detection) -> None:
    """Refuses a face of too few pixels.

    Raises:
        SourceError: It is one.
    """
    if face.box.width < MIN_WIDTH:
        raise SourceError(
            f"The face in the portrait '{name}' is {face.box.width:.0f} px wide; it takes at least "
            f"{MIN_WIDTH}.",
            hint="Use a larger picture of the face; 300 px and more give a sharp swap.",
        )


def refuse_unfit(name: str, picture: Picture, landmarks: Points, mesh: Mesh | None) -> None:
    """Refuses a face that is cut off, turned away or blurred.

    Args:
        name: Of the picture.
        picture: Of any size.
        landmarks: float32 (5, 2) px.
        mesh: px; without it nothing tells how far the face is turned.

    Raises:
        SourceError: It is one of that.
    """
    outside = _share_outside(picture, landmarks if mesh is None else mesh)
    if outside > MAX_OUTSIDE:
        raise SourceError(
            f"{outside:.0%} of the face in the portrait '{name}' lies outside the picture; at most "
            f"{MAX_OUTSIDE:.0%} may.",
            hint="Use a picture that shows the whole face, with some room around it.",
        )
    yaw = 0.0 if mesh is None else yaw_deg(mesh)
    if abs(yaw) > MAX_YAW_DEG:
        raise SourceError(
            f"The face in the portrait '{name}' is turned away by {abs(yaw):.0f}°; at most "
            f"{MAX_YAW_DEG:.0f}° will do.",
            hint="Use a portrait that looks towards the camera.",
        )
    sharp = sharpness(picture, landmarks)
    if sharp < MIN_SHARPNESS:
        raise SourceError(
            f"The face in the portrait '{name}' is blurred: its sharpness is {sharp:.2f}, at least "
            f"{MIN_SHARPNESS:.2f} is needed (a sharp one has 0.7).",
            hint="Use a sharper picture: hold the camera still, with light on the face.",
        )


def sharpness(picture: Picture, landmarks: Points) -> float:
    """How fine the detail of a face is, whatever its size and contrast: 0.7 sharp, 0.3 smooth.

    The strength of detail of 1 to 2 px over that of 2 to 4 px in an aligned crop of 96 px.
    Smoothing takes from the first before it takes from the second; a stronger contrast adds to
    both alike.
    """
    crop = picture.crop(align(landmarks, _TEMPLATE, _SIDE), _SIDE)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine, middle, coarse = (cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in (1.0, 2.0, 4.0))
    return float(np.std(fine - middle) / max(float(np.std(middle - coarse)), 1e-6))


def worth(identity: Identity, picture: Picture) -> float:
    """How much a portrait shows of the face: more for a larger, sharper and less turned one.

    Args:
        identity: Looked at.
        picture: Its portrait.
    """
    assert identity.landmarks is not None
    mesh = identity.mesh
    if mesh is None:
        size, turned = math.dist(*identity.landmarks[:2].tolist()), 0.0
    else:
        size, turned = eye_distance(mesh[:, :2]), yaw_deg(mesh)
    sharp = sharpness(picture, identity.landmarks)
    return min(size, _ENOUGH) * sharp * math.cos(math.radians(turned))


def _share_outside(picture: Picture, points: Points | Mesh) -> float:
    beyond = np.array([picture.width, picture.height], np.float32) - np.float32(0.5)
    outside = (points[:, :2] < -0.5) | (points[:, :2] > beyond)
    return float(outside.any(axis=1).mean())
