"""The swap without learned weights: the portrait's own texture follows the target's face.

Here is the geometry: where each pixel of the crop lies on the portrait, and where the target's own
eyes and inner mouth show through. The light is models/mesh.onnx's. All is done in the numbers of
the frame's planes, chroma at half the size.

The portrait is sampled here and not in the graph: OpenCV takes an eighth of the time of ONNX
Runtime's GridSample on a processor, and what was sampled is no more to be sent to a graphics card
than the grid would be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import SourceError
from livecam.face import Crop, Face, Identity, Mesh
from livecam.picture import Affine, Patch, Picture, Plane, Samples
from livecam.picture.colour import yuv_from_rgb
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.swappers.manner import Manner
from livecam.swappers.shape import AtRest, Proportions
from livecam.swappers.skin import relative_lab, skin_lightness
from livecam.swappers.texture import Look, make_texture, with_rim
from livecam.swappers.warp import Triangles, lay_out
from livecam.swappers.windows import Window, windows
from livecam.vision.facemesh import OVAL
from livecam.vision.geometry import rescaled
from livecam.vision.mask import risen, smoothstep
from livecam.vision.mesh import carried, upright
from livecam.vision.pose import yaw_deg

S = TypeVar("S", np.uint8, np.float32)

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
_EDGE = 0.04
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

    texture: NDArray[np.float32]
    """float32 (2, nodes, nodes): x and y, px of the texture."""
    target: NDArray[np.float32]
    """float32 (2, nodes, nodes): x and y, px of the crop."""
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
        seen, size = crop.planes, crop.size
        target = carried(_mesh_of(face), crop.crop_from_frame)
        small = seen.thumbnail(_SMALL, _SMALL)
        at_rest = self._at_rest.setdefault(face.track_id, AtRest(self._proportions))
        lightness = skin_lightness(small, rescaled(target[:, :2], _SMALL / size))
        at_rest.watch(target, lightness, time_s)
        turned = abs(yaw_deg(target))
        if turned > (_FADE_DEG if manner.whole else _LOST_DEG):
            return None
        moved = self._proportions.moved(target, at_rest, manner.strength)
        where = self._map(target, moved, size, 1 - risen(turned, _FADE_DEG, _LOST_DEG))
        look = self._look(at_rest.skin_lightness)
        shown = windows(moved, target, at_rest, eyes=manner.eyes, size=size)
        through = _seen_through(seen, where.target, shown)
        half = _sampled(look.half, *_places(where.texture, size // 2, ratio=1 / 2))
        moved_small = _sampled(small, *_places(where.target, _SMALL, ratio=_SMALL / size))
        matrix = yuv_from_rgb(seen.colour.matrix, full_range=seen.colour.full_range)
        y, chroma, mask = self._session.run(
            {
                "lightness": _sampled(look.lightness, *_places(where.texture, size)),
                "half": _channels(half),
                "y": through.y,
                "chroma": through.chroma,
                "small": _channels(relative_lab(moved_small)),
                "cover": _trimmed(_dense(where.cover, size // 2)),
                "keep": through.keep,
                "keep_half": _halved(through.keep),
                "yuv_from_rgb": matrix.astype(np.float32),
            }
        )
        return Patch(
            Samples(y, *chroma),
            np.asarray(cv2.resize(mask, (size, size)), np.uint8),
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
        values = np.column_stack([self._texture.worn_by(target), with_rim(target), cover])
        lattice, inside = lay_out(
            (with_rim(moved) + 0.5) * (_NODES / size) - 0.5,
            depth,
            self._texture.triangles,
            values.astype(np.float32),
            side=_NODES,
        )
        planes = _channels(lattice)
        return _Map(planes[0:2], planes[2:4], planes[4] * inside)


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
    """`lattice`, (nodes, nodes), at every pixel: float32 (size, size)."""
    dense = cv2.resize(lattice, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(dense, np.float32)


def _places(
    lattice: NDArray[np.float32], size: int, *, ratio: float = 1
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The places on `lattice`, (2, nodes, nodes), at every pixel: x and y, float32 (size, size).

    Args:
        lattice: In px of a picture.
        size: Pixels along each side.
        ratio: The result is in px of one that is so many times as large.
    """
    x, y = rescaled(lattice, ratio)
    return _dense(x, size), _dense(y, size)


@dataclass(frozen=True, slots=True, eq=False)
class _Through:
    """The target as its windows show it, and how much of it they show."""

    y: Plane
    """uint8 (size, size), with the features in the windows moved."""
    chroma: NDArray[np.uint8]
    """uint8 (2, size / 2, size / 2), likewise."""
    keep: NDArray[np.float32]
    """float32 (size, size), 0–1."""


def _seen_through(seen: Picture, where: NDArray[np.float32], shown: Iterable[Window]) -> _Through:
    """What shows of the target.

    Args:
        seen: The crop.
        where: Where its pixels go, as in `_Map.target`.
        shown: The windows.
    """
    y, chroma = seen.y.copy(), np.stack([seen.u, seen.v])
    keep = np.zeros(y.shape, np.float32)
    whole, halved = _places(where, len(y)), _places(where, len(y) // 2, ratio=1 / 2)
    for window in shown:
        place, half = window.place, window.half_place
        np.maximum(keep[place], window.share, out=keep[place])
        y[place] = _sampled(seen.y, *(axis[place] for axis in whole))
        for own, moved in zip((seen.u, seen.v), chroma, strict=True):
            moved[half] = _sampled(own, *(axis[half] for axis in halved))
    return _Through(y, chroma, keep)


def _sampled(image: NDArray[S], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[S]:
    """`image`, (h, w[, k]), at places in its px, (rows, columns) each: (rows, columns[, k])."""
    found = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, image.dtype)


def _channels(image: NDArray[S]) -> NDArray[S]:
    """(h, w, k) as (k, h, w)."""
    return np.ascontiguousarray(image.transpose(2, 0, 1))


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """The means of 2×2 pixels."""
    half = cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.float32)


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
