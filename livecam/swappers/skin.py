"""What on a portrait is skin, and where the parts of its face lie."""

import statistics

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.picture import Image
from livecam.vision.facemesh import (
    CHEEKS_AND_FOREHEAD,
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OUTER_EYE_CORNERS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
)
from livecam.vision.mask import hull, polygon, smoothstep
from livecam.vision.mesh import eye_distance

SIDE = 512
"""Side of a portrait's texture, px."""
_CHROMA_OFFSET = 10.0
"""c = a* / (L* + offset), as in models/make_mesh.py."""
_LEAST_SPREAD = np.array([7.0, 0.06, 0.06])
_SHARE = np.array([0.6, 1.0, 1.0])
_BARE = np.array(CHEEKS_AND_FOREHEAD)

Lab = NDArray[np.float32]
"""float32 (SIDE, SIDE, 3): CIE L*, 0–100, and a*, b* relative to it."""
Plane = NDArray[np.float32]
"""float32 (SIDE, SIDE)."""


def relative_lab(image: Image) -> NDArray[np.float32]:
    """CIE L*, and a*, b* relative to it, of an image (h, w, 3): float32 (h, w, 3)."""
    scaled = image.astype(np.float32) / np.float32(255)
    lab = np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2Lab), np.float32)
    lab[..., 1:] /= lab[..., :1] + _CHROMA_OFFSET
    return lab


class Areas:
    """Where the parts of a face lie on the texture, and how large it is."""

    def __init__(self, mesh: Mesh) -> None:
        flat = mesh[:, :2]
        self.flat = flat
        self.eye_distance = eye_distance(flat)
        self.face = polygon(flat[list(OVAL)], SIDE)
        self.lips = polygon(flat[list(LIPS)], SIDE)
        self.eyes = polygon(flat[list(LEFT_EYE)], SIDE) + polygon(flat[list(RIGHT_EYE)], SIDE)
        self.soft_eyes = np.clip(self.blurred(self.eyes, 0.01), 0, 1)
        brows = [polygon(hull(flat[list(b)]), SIDE) for b in (LEFT_BROW, RIGHT_BROW)]
        lids = [polygon(hull(flat[list(e)]), SIDE) for e in (LEFT_EYE, RIGHT_EYE)]
        drawn = np.asarray(
            cv2.dilate(np.clip(sum([*brows, *lids]), 0, 1), self.disc(0.06)), np.float32
        )
        self.drawn = self.blurred(drawn, 0.02) * (1 - self.soft_eyes)
        below = flat[[i for i in OVAL if flat[i, 1] > flat[list(OUTER_EYE_CORNERS), 1].mean()]]
        middle = below.mean(axis=0)
        self.core = polygon(
            hull(np.vstack([middle + 0.9 * (below - middle), flat[[*LEFT_BROW, *RIGHT_BROW]]])),
            SIDE,
        )
        features = np.clip(sum([*brows, *lids], self.lips), 0, 1)
        self.bare = np.asarray((self.face + 1e-4) * (1 - 0.97 * features), np.float32)

    def blurred(self, plane: Plane, share: float) -> Plane:
        """`plane` under a Gaussian with σ = `share` of the eye distance."""
        return np.asarray(cv2.GaussianBlur(plane, (0, 0), share * self.eye_distance), np.float32)

    def disc(self, share: float) -> NDArray[np.uint8]:
        """A structuring element, its diameter `share` of the eye distance."""
        width = 2 * int(share / 2 * self.eye_distance) + 1
        return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)), np.uint8)


def skin_shown(lab: NDArray[np.float32], mesh: Mesh, areas: Areas) -> Plane:
    """0–1 where the texture shows skin or a feature of the face, not hair or background."""
    where = np.rint(mesh[_BARE, :2]).astype(int)
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
    # Beside hair lies its shadow, and beside a cheek the seam to its ear.
    sure = np.asarray(cv2.erode(closed, areas.disc(0.1)), np.float32)
    return areas.blurred(sure, 0.03)


def skin_lightness(image: Image, mesh: Points | Mesh) -> float:
    """The median CIE L* of the bare skin of the face `mesh`, px of `image`; 0–100."""
    height, width = image.shape[:2]
    x, y = np.rint(mesh.take(_BARE, axis=0)[:, :2]).astype(int).T
    samples = image[y.clip(0, height - 1), x.clip(0, width - 1)]
    lab = relative_lab(samples[None])
    return float(statistics.median(lab[0, :, 0].tolist()))
