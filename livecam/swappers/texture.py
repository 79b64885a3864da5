"""A portrait made ready to be sampled: evenly lit, and only where it shows a face."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import SourceError
from livecam.face import Identity, Mesh, Points
from livecam.picture import Affine, Image
from livecam.swappers.warp import Triangles, triangulate
from livecam.vision.facemesh import (
    CHEEKS_AND_FOREHEAD,
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
)
from livecam.vision.mask import polygon, smoothstep
from livecam.vision.pose import yaw_deg

SIDE = 512
"""Side of the texture, px; its chroma has half of that."""
_MARGIN = 1.5
"""Side of the texture over the larger extent of the mesh."""
_RIM = 1.35
"""How far beyond the mesh the map is carried on, from the middle of the oval."""
_CHROMA_OFFSET = 10.0
"""c = a* / (L* + offset), as in models/make_mesh.py."""
_MAX_YAW_DEG = 35.0

_AVERAGED_BELOW = 0.7
_LEAST_SPREAD = np.array([7.0, 0.06, 0.06])
_SHARE = np.array([0.6, 1.0, 1.0])

Plane = NDArray[np.float32]
"""float32 (SIDE, SIDE)."""


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """What the swap samples of a portrait."""

    lightness: NDArray[np.float32]
    """float32 (1, 1, SIDE, SIDE): CIE L*, 0–100."""
    chroma_skin: NDArray[np.float32]
    """float32 (1, 3, SIDE / 2, SIDE / 2): relative chroma a, b, and 0–1 where it shows a face."""
    mesh: Mesh
    """The portrait's mesh, px of the texture."""
    points: Points
    """float32 (468 + rim, 2), px of the texture: the mesh and a rim around it."""
    triangles: Triangles


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
    lab = _relative_lab(_resampled(identity.portrait, texture_from_portrait))
    areas = _Areas(mesh)
    skin = _skin(lab, mesh, areas)
    lab = _evenly_lit(lab, areas)
    points = with_rim(mesh)
    half = cv2.resize(np.dstack([lab[..., 1:], skin]), None, fx=0.5, fy=0.5,
                      interpolation=cv2.INTER_AREA)  # fmt: skip
    return Texture(
        lightness=lab[None, None, ..., 0].copy(),
        chroma_skin=np.asarray(half, np.float32).transpose(2, 0, 1)[None].copy(),
        mesh=mesh,
        points=points,
        triangles=triangulate(points),
    )


def upright(mesh: Mesh, side: int, margin: float) -> Affine:
    """The map that makes the eye line level and the mesh `side / margin` px large, in the middle.

    Returns:
        float32 (2, 3).
    """
    across = mesh[[362, 263], :2].mean(axis=0) - mesh[[33, 133], :2].mean(axis=0)
    cos, sin = across / np.hypot(*across)
    rotation = np.array([[cos, sin], [-sin, cos]])
    turned = mesh[:, :2] @ rotation.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    scale = side / (margin * float((high - low).max()))
    shift = (side - 1) / 2 - scale * (low + high) / 2
    return np.column_stack([scale * rotation, shift]).astype(np.float32)


def carried(mesh: Mesh, affine: Affine) -> Mesh:
    """`mesh` where the similarity `affine` takes it, depth scaled alike."""
    scale = float(np.hypot(affine[0, 0], affine[1, 0]))
    flat = mesh[:, :2] @ affine[:, :2].T + affine[:, 2]
    return np.column_stack([flat, scale * mesh[:, 2]]).astype(np.float32)


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


def _relative_lab(image: Image) -> NDArray[np.float32]:
    """CIE L*, and a*, b* relative to it: float32 (SIDE, SIDE, 3)."""
    scaled = image.astype(np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2Lab), np.float32)
    lab[..., 1:] /= lab[..., :1] + _CHROMA_OFFSET
    return lab


class _Areas:
    """Where the parts of a face lie on the texture, and how large it is."""

    def __init__(self, mesh: Mesh) -> None:
        flat = mesh[:, :2]
        self.flat = flat
        self.eye_distance = float(np.linalg.norm(flat[33] - flat[263]))
        self.face = polygon(flat[list(OVAL)], SIDE)
        self.lips = polygon(flat[list(LIPS)], SIDE)
        self.eyes = polygon(flat[list(LEFT_EYE)], SIDE) + polygon(flat[list(RIGHT_EYE)], SIDE)
        brows = [polygon(_hull(flat[list(b)]), SIDE) for b in (LEFT_BROW, RIGHT_BROW)]
        lids = [polygon(_hull(flat[list(e)]), SIDE) for e in (LEFT_EYE, RIGHT_EYE)]
        below = flat[[i for i in OVAL if flat[i, 1] > flat[[33, 263], 1].mean()]]
        middle = below.mean(axis=0)
        self.core = polygon(
            _hull(np.vstack([middle + 0.9 * (below - middle), flat[[*LEFT_BROW, *RIGHT_BROW]]])),
            SIDE,
        )
        self.features = np.clip(sum([*brows, *lids], self.lips), 0, 1)

    def blurred(self, plane: Plane, share: float) -> Plane:
        """`plane` under a Gaussian with σ = `share` of the eye distance."""
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), share * self.eye_distance), np.float32)

    def disc(self, share: float) -> NDArray[np.uint8]:
        """A structuring element, its diameter `share` of the eye distance."""
        width = 2 * int(share / 2 * self.eye_distance) + 1
        return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)), np.uint8)


def _hull(points: Points) -> Points:
    return np.asarray(cv2.convexHull(points), np.float32)[:, 0]


def _evenly_lit(lab: NDArray[np.float32], areas: _Areas) -> NDArray[np.float32]:
    """`lab` without highlights and blotches, which would shine on a lighter face.

    Highlights are what is lighter than the skin around; they are bent down, the more the darker
    the skin, for there they stand out most. Shadows, brows and lips stay.
    """
    weight = (areas.face + 1e-4) * (1 - 0.97 * areas.features)
    around = areas.blurred(weight, 0.14)[..., None]
    base = areas.blurred(lab * weight[..., None], 0.14) / around
    detail = lab - base
    limit = np.clip(base[..., 0] / 12, 2.5, 6.0)
    light = detail[..., 0]
    lit = lab.copy()
    lit[..., 0] = base[..., 0] + np.where(light > 0, limit * np.tanh(light / limit), light)
    room = 0.02 * (1 + 2 * areas.blurred(areas.lips, 0.02)[..., None])
    eyes = areas.blurred(areas.eyes, 0.01)[..., None]
    even = base[..., 1:] + room * np.tanh(detail[..., 1:] / room)
    lit[..., 1:] = even + (lab[..., 1:] - even) * np.clip(eyes, 0, 1)
    return lit


def _skin(lab: NDArray[np.float32], mesh: Mesh, areas: _Areas) -> Plane:
    """0–1 where the texture shows skin or a feature of the face, not hair or background."""
    where = np.rint(mesh[list(CHEEKS_AND_FOREHEAD), :2]).astype(int)
    samples = np.concatenate(
        [lab[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3) for x, y in where.clip(4, SIDE - 5)]
    )
    centre = np.median(samples, axis=0)
    spread = 1.4826 * np.median(np.abs(samples - centre), axis=0)
    off = areas.blurred(lab, 0.015) - centre
    off[..., 0] *= np.where(off[..., 0] > 0, 0.5, 1.0)  # highlights are skin too
    unlike = np.sqrt(((off / np.maximum(spread, _LEAST_SPREAD)) ** 2) @ _SHARE)
    skin = np.maximum(1 - smoothstep(unlike, 3.0, 5.0), areas.blurred(areas.core, 0.04))
    closed = cv2.morphologyEx(skin, cv2.MORPH_CLOSE, areas.disc(0.12))
    sure = np.asarray(cv2.erode(closed, areas.disc(0.03)), np.float32)
    return areas.blurred(sure, 0.03)
