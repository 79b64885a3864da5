"""A portrait made ready to be sampled: evenly lit, and only where it shows a face."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import SourceError
from livecam.face import Identity, Mesh, Points
from livecam.picture import Affine, Image
from livecam.swappers.even import evenly_lit
from livecam.swappers.lips import parted, parting
from livecam.swappers.skin import (
    SIDE,
    Areas,
    Lab,
    Plane,
    relative_lab,
    skin_lightness,
    skin_shown,
)
from livecam.swappers.warp import Triangles, triangulate
from livecam.vision.facemesh import OVAL
from livecam.vision.mesh import carried, upright
from livecam.vision.pose import yaw_deg

_MARGIN = 1.5
"""Side of the texture over the larger extent of the mesh."""
_RIM = 1.35
"""How far beyond the mesh the map is carried on, from the middle of the oval."""
_MAX_YAW_DEG = 35.0
_AVERAGED_BELOW = 0.7
_CRISP_SIGMA, _CRISP = 0.7, 1.5
"""σ, px, and share of the fine detail that is added, for sampling along the grid and pasting, both
bilinear, take as much. On their own faces portraits come out nearest to themselves with 1, and with
2 as near as with none; clips, where crops are coarser than frames, lose more."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The pixels of a texture."""

    lightness: NDArray[np.float32]
    """float32 (SIDE, SIDE): CIE L*, 0–100."""
    half: NDArray[np.float32]
    """float32 (SIDE / 2, SIDE / 2, 4): CIE L*, relative chroma a, b, and 0–1 where it shows a
    face."""


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """What the swap samples of a portrait."""

    original: Look
    """As the portrait is lit."""
    even: Look
    """Without highlights and blotches."""
    skin_lightness: float
    """CIE L* of the skin, 0–100."""
    mesh: Mesh
    """The portrait's mesh, px of the texture."""
    points: Points
    """float32 (468 + rim, 2), px of the texture: the mesh and a rim around it."""
    parting: Points
    """float32 (468 + rim, 2), px of the texture: how far points move where the mouth is open."""
    triangles: Triangles

    def lit(self, share: float) -> Look:
        """The look with `share` of the portrait's own highlights and blotches, 0–1."""
        return Look(
            _between(self.even.lightness, self.original.lightness, share),
            _between(self.even.half, self.original.half, share),
        )

    def worn_by(self, face: Mesh) -> Points:
        """Where the points lie for `face`, in any unit: float32 (468 + rim, 2), px of the texture.

        Its mouth may be open: the line between the portrait's closed lips is then left out.
        """
        return self.points + np.float32(parted(face)) * self.parting


def _between(
    one: NDArray[np.float32], other: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    return one + np.float32(share) * (other - one)


def make_texture(identity: Identity) -> Texture:
    """The texture of `identity`.

    Raises:
        SourceError: The portrait has no mesh, or is turned away too far to show both halves.
    """
    if identity.mesh is None:
        raise SourceError(
            f"The portrait '{identity.name}' comes without a face mesh, which this swap needs.",
            hint="Use a landmarker that gives one, such as 'facemesh'.",
        )
    texture_from_portrait = upright(identity.mesh, SIDE, _MARGIN)
    mesh = carried(identity.mesh, texture_from_portrait)
    _refuse_profile(identity.name, mesh)
    image = _resampled(identity.portrait, texture_from_portrait)
    lab = relative_lab(image)
    areas = Areas(mesh)
    shown = skin_shown(lab, mesh, areas)
    points = with_rim(mesh)
    return Texture(
        original=_look(lab, shown),
        even=_look(evenly_lit(lab, areas), shown),
        skin_lightness=skin_lightness(image, mesh),
        mesh=mesh,
        points=points,
        parting=np.pad(parting(mesh, lab[..., 0]), ((0, len(points) - len(mesh)), (0, 0))),
        triangles=triangulate(points),
    )


def _look(lab: Lab, shown: Plane) -> Look:
    lightness = _crisp(lab[..., 0])
    stacked = np.dstack([lightness, lab[..., 1:], shown])
    half = cv2.resize(stacked, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return Look(lightness, np.asarray(half, np.float32))


def _crisp(lightness: Plane) -> Plane:
    """`lightness`, 0–100, with as much more fine detail as its way into the frame costs."""
    blurred = cv2.GaussianBlur(lightness, (0, 0), _CRISP_SIGMA)
    detail = lightness - np.asarray(blurred, np.float32)
    return np.clip(lightness + np.float32(_CRISP) * detail, 0, 100)


def with_rim(mesh: Mesh) -> Points:
    """The points of `mesh` and its oval once more, further out: float32 (468 + 36, 2)."""
    oval = mesh[list(OVAL), :2]
    middle = oval.mean(axis=0)
    return np.concatenate([mesh[:, :2], middle + _RIM * (oval - middle)]).astype(np.float32)


def _refuse_profile(name: str, mesh: Mesh) -> None:
    yaw = yaw_deg(mesh)
    if abs(yaw) > _MAX_YAW_DEG:
        raise SourceError(
            f"The face in the portrait '{name}' is turned away by {abs(yaw):.0f}°; beyond "
            f"{_MAX_YAW_DEG:.0f}° one cheek is missing.",
            hint="Use a portrait that looks towards the camera.",
        )


def _resampled(portrait: Image, texture_from_portrait: Affine) -> Image:
    """The portrait under the map, (SIDE, SIDE, 3); large ones are averaged, not skipped over."""
    shrink = float(np.hypot(*texture_from_portrait[:, 0]))
    affine = texture_from_portrait.copy()
    if shrink < _AVERAGED_BELOW:
        height, width = portrait.shape[:2]
        size = max(1, round(width * shrink)), max(1, round(height * shrink))
        ratio = np.array([width / size[0], height / size[1]])
        portrait = np.asarray(cv2.resize(portrait, size, interpolation=cv2.INTER_AREA), np.uint8)
        affine[:, 2] += affine[:, :2] @ (ratio / 2 - 0.5)
        affine[:, :2] *= ratio
    warped = cv2.warpAffine(
        portrait, affine, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)
