"""The swap without learned weights: the portrait's own texture follows the target's face.

Here is the geometry: where each pixel of the crop lies on the portrait, and where the target's own
eyes and inner mouth show through. The pixels are models/mesh.onnx's.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import SourceError
from livecam.face import Crop, Face, Identity, Mesh, Points
from livecam.picture import Affine, Patch
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session
from livecam.swappers.eyes import Eyes
from livecam.swappers.shape import AtRest, Proportions, eye_openings
from livecam.swappers.skin import SIDE, skin_lightness
from livecam.swappers.texture import Look, make_texture, with_rim
from livecam.swappers.warp import lay_out
from livecam.vision.facemesh import (
    INNER_LIPS,
    LEFT_EYE,
    LOWER_LIP,
    OVAL,
    RIGHT_EYE,
    UPPER_LIP,
)
from livecam.vision.mask import hull, polygon, smoothstep
from livecam.vision.mesh import carried, eye_distance, upright
from livecam.vision.pose import yaw_deg

_MARGIN = 1.08
"""Side of the crop over the larger extent of the mesh."""
_SIZES = (192, 256, 320, 384, 512)
"""Sides of crops, px."""
_LEAST_DETAIL = 0.7
"""The crop is the first whose px are at most by this factor coarser than the frame's."""
_NODES = 48
"""Nodes along each side of the lattice on which the map is laid out."""
_KEEP_SIDE = 256
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
_LOOKS = 32
"""Steps in which highlights come and go; one is less than a level."""
_EYE_SHARE = 0.8
"""Share of the opening between the lids in which the target's own eye shows."""
_SOFT = 0.01
"""σ of the edge of what is kept of the target, in eye distances."""
_SHUT, _OPEN = 0.64, 0.80
"""Openings of an eye, relative to its widest, between which the target's lids show too."""


class MeshSwapper:
    """Wears any portrait that has a mesh."""

    def __init__(self, manifest: Manifest, session: Session) -> None:  # noqa: ARG002 – as Family
        self._session = session

    def wear(self, identity: Identity) -> "MeshDisguise":
        """See `Swapper.wear`."""
        return MeshDisguise(identity, self._session)


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """Where the pixels of a crop come from."""

    portrait: NDArray[np.float32]
    """float32 (nodes, nodes, 2): px of the texture."""
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

    def alignment(self, face: Face) -> tuple[Affine, int]:
        """See `Disguise.alignment`."""
        mesh = _mesh_of(face)
        extent = _MARGIN * float(np.ptp(mesh[:, :2], axis=0).max())
        size = next((size for size in _SIZES if size >= _LEAST_DETAIL * extent), _SIZES[-1])
        return upright(mesh, size, _MARGIN), size

    def swap(
        self,
        crop: Crop,
        face: Face,
        *,
        strength: float,
        eyes: Eyes,
        time_s: float,
        whole: bool = False,
    ) -> Patch | None:
        """See `Disguise.swap`."""
        size = len(crop.image)
        target = carried(_mesh_of(face), crop.crop_from_frame)
        at_rest = self._at_rest.setdefault(face.track_id, AtRest(self._proportions))
        at_rest.watch(target, skin_lightness(crop.image, target), time_s)
        turned = abs(yaw_deg(target))
        if turned > (_FADE_DEG if whole else _LOST_DEG):
            return None
        moved = self._proportions.moved(target, at_rest, strength)
        shown = 1 - float(smoothstep(np.array(turned), _FADE_DEG, _LOST_DEG))
        where = self._map(target, moved, size, shown)
        keep = _kept(moved, at_rest, target, eyes, size)
        grid = (where.portrait + np.float32(0.5)) * np.float32(2 / SIDE) - np.float32(1)
        look = self._look(at_rest.skin_lightness)
        image, mask = self._session.run(
            {
                "lightness": look.lightness,
                "chroma_skin": look.chroma_skin,
                "grid": _dense(grid, size)[None],
                "grid_half": _dense(grid, size // 2)[None],
                "target": _shifted(crop.image, where.target)[None],
                "cover": _dense(where.cover, size)[None, None],
                "keep": _dense(keep, size)[None, None],
            }
        )
        return Patch(image[0], mask[0], crop.crop_from_frame)

    def forget(self, alive: set[int]) -> None:
        """See `Disguise.forget`."""
        self._at_rest = {key: value for key, value in self._at_rest.items() if key in alive}

    def _look(self, lightness: float) -> Look:
        """The texture for a skin of this lightness.

        The further it is from the portrait's, the less of the highlights can be taken over: what
        shines softly on one skin is a white patch on the other.
        """
        apart = abs(lightness - self._texture.skin_lightness)
        step = round(_LOOKS * (1 - float(smoothstep(np.array(apart), *_ALIKE))))
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
        return _Map(lattice[..., 0:2], lattice[..., 2:4], lattice[..., 4] * inside)


def _mesh_of(face: Face) -> Mesh:
    if face.mesh is None:
        raise SourceError(
            "The mesh swap follows a face mesh, and this landmarker gives none.",
            hint="Use a landmarker that gives one, such as 'facemesh'.",
        )
    return face.mesh


def _towards_camera(mesh: Mesh, triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """float32 (468,): cosine between each point's normal and the line of sight."""
    a, b, c = (mesh[triangles[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    summed = np.stack(
        [
            np.bincount(triangles.ravel(), np.repeat(normals[:, axis], 3), minlength=len(mesh))
            for axis in range(3)
        ],
        axis=1,
    )
    length = np.maximum(np.linalg.norm(summed, axis=1), 1e-9)
    return np.asarray(summed[:, 2] / length, np.float32)


def _kept(moved: Mesh, at_rest: AtRest, target: Mesh, eyes: Eyes, size: int) -> NDArray[np.float32]:
    """Where the target's own pixels show: float32 (_KEEP_SIDE, _KEEP_SIDE), 0–1."""
    flat = ((moved[:, :2] + 0.5) * (_KEEP_SIDE / size) - 0.5).astype(np.float32)
    across = eye_distance(flat)
    sigma = _SOFT * across
    keep = np.zeros((_KEEP_SIDE, _KEEP_SIDE), np.float32)
    if eyes is Eyes.TARGET:
        for contour, opening in zip((LEFT_EYE, RIGHT_EYE), eye_openings(target), strict=True):
            lids = flat[list(contour)]
            inner = polygon(_stretched(lids, _EYE_SHARE, _EYE_SHARE), _KEEP_SIDE)
            np.maximum(keep, cv2.GaussianBlur(inner, (0, 0), sigma), out=keep)
            shut = 1 - float(
                smoothstep(np.array(opening / max(at_rest.open_eyes, 1e-6)), _SHUT, _OPEN)
            )
            if shut > 0:
                outer = polygon(_stretched(lids, 1.4, 2.7), _KEEP_SIDE)
                soft = cv2.GaussianBlur(outer, (0, 0), 4 * sigma)
                np.maximum(keep, shut * soft, out=keep)
    gap = float(np.linalg.norm(flat[UPPER_LIP] - flat[LOWER_LIP])) / across
    open_mouth, wide = (float(smoothstep(np.array(gap), *at)) for at in ((0.01, 0.04), (0.1, 0.3)))
    if open_mouth > 0:
        inside = polygon(_stretched(flat[list(INNER_LIPS)], 1.05 + 0.1 * wide, 1.1), _KEEP_SIDE)
        np.maximum(keep, open_mouth * cv2.GaussianBlur(inside, (0, 0), sigma), out=keep)
    return keep


def _stretched(contour: Points, along: float, across: float) -> Points:
    """The convex hull of `contour`, scaled about its middle along and across its length."""
    middle = contour.mean(axis=0)
    length = contour[contour[:, 0].argmax()] - contour[contour[:, 0].argmin()]
    length = length / max(float(np.linalg.norm(length)), 1e-6)
    basis = np.stack([length, [-length[1], length[0]]])
    local = (contour - middle) @ basis.T * [along, across]
    return hull(middle + local @ basis)


def _dense(lattice: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """`lattice` at every pixel: float32 (size, size[, k])."""
    dense = cv2.resize(lattice, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(dense, np.float32)


def _shifted(image: NDArray[np.uint8], where: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The target's own pixels, where its features have moved to."""
    x, y = cv2.split(_dense(where, len(image)))
    shifted = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shifted, np.uint8)
