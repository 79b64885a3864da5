"""The swap without learned weights: the portrait's own texture follows the target's face.

Here is the geometry: where each pixel of the crop lies on the portrait, and where the target's own
eyes and inner mouth show through. The pixels are models/mesh.onnx's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import SourceError
from livecam.face import Crop, Face, Identity, Mesh
from livecam.picture import Affine, Image, Patch
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.swappers.manner import Manner
from livecam.swappers.shape import AtRest, Proportions
from livecam.swappers.skin import SIDE, skin_lightness
from livecam.swappers.texture import Look, make_texture, with_rim
from livecam.swappers.warp import Triangles, lay_out
from livecam.swappers.windows import Window, windows
from livecam.vision.facemesh import OVAL
from livecam.vision.mask import risen, smoothstep
from livecam.vision.mesh import carried, upright
from livecam.vision.pose import yaw_deg

_MARGIN = 1.08
"""Side of the crop over the larger extent of the mesh."""
_SIZES = (192, 256, 320, 384, 512)
"""Sides of crops, px."""
_LEAST_DETAIL = 0.7
"""The crop is the first whose px are at most by this factor coarser than the frame's."""
_NODES = 48
"""Nodes along each side of the lattice on which the map is laid out."""
_SMALL = 64
"""Side of the picture that the graph reads the target's light from, px."""
_EDGE = 0.06
"""Over how much of the eye distance the swap fades towards the oval."""
_GRAZING, _FACING = 0.12, 0.45
"""Share of the surface's normal towards the camera: below the first a point is not drawn, from the
second on it is drawn fully."""
_FADE_DEG, _LOST_DEG = 55.0, 70.0
"""Yaw from which the swap fades, and beyond which there is none."""
_ALIKE = (5.0, 18.0)
"""Differences in CIE L* between two skins: below the first they are alike, beyond the second not
at all."""
_FAINT = 0.016
"""Shares of the portrait below this are none."""
_LOOKS = 32
"""Steps in which highlights come and go; one is less than a level."""


class MeshSwapper:
    """Wears any portrait that has a mesh."""

    needs_portrait = True
    embedder = None

    def __init__(
        self,
        manifest: Manifest,  # noqa: ARG002 – as Family
        session: Session,
        embedder_named: object = None,  # noqa: ARG002 – as Family
    ) -> None:
        self._session = session

    def wear(self, identity: Identity) -> "MeshDisguise":
        """See `Swapper.wear`."""
        return MeshDisguise(identity, self._session)


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """Where the pixels of a crop come from."""

    grid: NDArray[np.float32]
    """float32 (nodes, nodes, 2): place on the texture, −1 to 1 from edge to edge."""
    target: NDArray[np.float32]
    """float32 (nodes, nodes, 2): px of the crop."""
    cover: NDArray[np.float32]
    """float32 (nodes, nodes): how much of the portrait is to be seen, 0–1."""


class MeshDisguise:
    """A portrait's texture and proportions, and what was learnt of those who wear it."""

    def __init__(self, identity: Identity, session: Session) -> None:
        self._session = session
        self._texture = make_texture(identity)
        self._proportions = Proportions(self._texture.mesh)
        self._cover = smoothstep(self._proportions.to_edge, 0.0, _EDGE)
        triangles = self._texture.triangles
        self._surface = triangles[(triangles < len(self._cover)).all(axis=1)]
        self._at_rest: dict[int, AtRest] = {}
        self._looks: dict[int, Look] = {}

    def alignment(
        self,
        face: Face,
        manner: Manner,  # noqa: ARG002 – as Disguise
    ) -> tuple[Affine, int]:
        """See `Disguise.alignment`."""
        mesh = _mesh_of(face)
        extent = _MARGIN * float(np.ptp(mesh[:, :2], axis=0).max())
        size = next((size for size in _SIZES if size >= _LEAST_DETAIL * extent), _SIZES[-1])
        return upright(mesh, size, _MARGIN), size

    def swap(self, crop: Crop, face: Face, manner: Manner, *, time_s: float) -> Patch | None:
        """See `Disguise.swap`."""
        size = len(crop.image)
        target = carried(_mesh_of(face), crop.crop_from_frame)
        at_rest = self._at_rest.setdefault(face.track_id, AtRest(self._proportions))
        at_rest.watch(target, skin_lightness(crop.image, target), time_s)
        turned = abs(yaw_deg(target))
        if turned > (_FADE_DEG if manner.whole else _LOST_DEG):
            return None
        moved = self._proportions.moved(target, at_rest, manner.strength)
        where = self._map(target, moved, size, 1 - risen(turned, _FADE_DEG, _LOST_DEG))
        look = self._look(at_rest.skin_lightness)
        shown = windows(moved, target, at_rest, eyes=manner.eyes, size=size)
        planes, keep = _seen_through(crop.image, where.target, shown)
        image, mask = self._session.run(
            {
                "lightness": look.lightness,
                "half": look.half,
                "grid": _dense(where.grid, size)[None],
                "grid_half": _dense(where.grid, size // 2)[None],
                "target": planes[None],
                "target_small": _reduced(crop.image, where.target),
                "cover": _trimmed(_dense(where.cover, size // 2))[None, None],
                "keep": keep[None, None],
            }
        )
        return Patch(
            np.asarray(cv2.merge(list(image[0])), np.uint8),
            np.asarray(cv2.resize(mask[0], (size, size)), np.uint8),
            crop.crop_from_frame,
        )

    def forget(self, alive: set[int]) -> None:
        """See `Disguise.forget`."""
        self._at_rest = {key: value for key, value in self._at_rest.items() if key in alive}

    def _look(self, lightness: float) -> Look:
        """The texture for a skin of this lightness.

        The further it is from the portrait's, the less of the highlights can be taken over: what
        shines softly on one skin is a white patch on the other.
        """
        apart = abs(lightness - self._texture.skin_lightness)
        step = round(_LOOKS * (1 - risen(apart, *_ALIKE)))
        if step not in self._looks:
            self._looks = {step: self._texture.lit(step / _LOOKS)}
        return self._looks[step]

    def _map(self, target: Mesh, moved: Mesh, size: int, shown: float) -> _Map:
        rim = len(OVAL)
        facing = smoothstep(_towards_camera(moved, self._surface), _GRAZING, _FACING)
        cover = np.append(shown * self._cover * facing, np.zeros(rim, np.float32))
        depth = np.append(moved[:, 2], moved[list(OVAL), 2])
        values = np.column_stack([self._texture.points, with_rim(target), cover])
        lattice, inside = lay_out(
            (with_rim(moved) + 0.5) * (_NODES / size) - 0.5,
            depth,
            self._texture.triangles,
            values.astype(np.float32),
            side=_NODES,
        )
        inmost = np.clip(lattice[..., 0:2], 0, SIDE - 1)  # the graph's sampler sees black beyond
        grid = (inmost + np.float32(0.5)) * np.float32(2 / SIDE) - np.float32(1)
        return _Map(grid, lattice[..., 2:4], lattice[..., 4] * inside)


def _mesh_of(face: Face) -> Mesh:
    if face.mesh is None:
        raise SourceError(
            "The mesh swap follows a face mesh, and this landmarker gives none.",
            hint="Use a landmarker that gives one, such as 'facemesh'.",
        )
    return face.mesh


def _trimmed(cover: NDArray[np.float32]) -> NDArray[np.float32]:
    """`cover` without what is too faint to be seen: doubled, it would reach further out."""
    trimmed = np.maximum(cover * np.float32(1 + _FAINT) - np.float32(_FAINT), np.float32(0))
    return np.asarray(trimmed, np.float32)


def _dense(lattice: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """`lattice` at every pixel: float32 (size, size[, k])."""
    dense = cv2.resize(lattice, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(dense, np.float32)


def _seen_through(
    image: Image, where: NDArray[np.float32], shown: Iterable[Window]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The target as its windows show it, and how much of it they show.

    Args:
        image: The crop.
        where: Where its pixels go, as in `_Map.target`.
        shown: The windows.

    Returns:
        uint8 (3, size, size), with the features in the windows moved, and float32 (size, size).
    """
    size = len(image)
    planes = np.empty((3, size, size), np.uint8)
    cv2.split(image, list(planes))
    keep = np.zeros((size, size), np.float32)
    dense = _dense(where, size)
    for window in shown:
        np.maximum(keep[window.place], window.share, out=keep[window.place])
        planes[:, *window.place] = _shifted(image, dense[window.place]).transpose(2, 0, 1)
    return planes, keep


def _reduced(image: Image, where: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The target with its features moved, uint8 (3, _SMALL, _SMALL)."""
    half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    small = cv2.resize(half, (_SMALL, _SMALL), interpolation=cv2.INTER_AREA)
    ratio = np.float32(_SMALL / len(image))
    at = (_dense(where, _SMALL) + np.float32(0.5)) * ratio - np.float32(0.5)
    shifted = _shifted(np.asarray(small, np.uint8), at)
    planes = np.empty((3, _SMALL, _SMALL), np.uint8)
    cv2.split(shifted, list(planes))
    return planes


def _shifted(image: Image, where: NDArray[np.float32]) -> Image:
    """The target's own pixels, where its features have moved to."""
    x, y = cv2.split(where)
    shifted = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shifted, np.uint8)


def _towards_camera(mesh: Mesh, triangles: Triangles) -> NDArray[np.float32]:
    """float32 (468,): cosine between each point's normal and the line of sight."""
    by_corner = triangles.T
    a, b, c = mesh.T.take(by_corner, axis=1).swapaxes(0, 1)
    (ux, uy, uz), (vx, vy, vz) = b - a, c - a
    normals = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    x, y, z = (
        np.bincount(by_corner.ravel(), np.tile(normal, 3), minlength=len(mesh))
        for normal in normals
    )
    return np.asarray(z / np.maximum(np.sqrt(x * x + y * y + z * z), 1e-9), np.float32)
