"""Where the target's own eyes and inner mouth show through a swap."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh, Points
from livecam.swappers.eyes import Eyes
from livecam.swappers.lips import opening
from livecam.swappers.shape import AtRest, eye_openings
from livecam.vision.facemesh import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from livecam.vision.mask import hull, polygon, risen
from livecam.vision.mesh import eye_distance

_EYE_SHARES = (0.67, 0.8)
"""Shares of the opening between the lids, along and across, in which the target's own eye shows."""
_SOFT = 0.01
"""σ of the edge of what is kept of the target, in eye distances."""
_SHUT_SHARES, _LIDS_SHARES = (1.05, 1.2), (1.4, 2.7)
"""The same of an eye that is shut, for the portrait's lies open beneath, and of its lids."""
_SHUT, _OPEN = 0.72, 0.88
"""Openings of an eye, relative to its widest, between which it shuts."""
_EYES = (np.array(LEFT_EYE), np.array(RIGHT_EYE))
_MOUTH = np.array(INNER_LIPS)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A part of the crop through which the target is seen; it begins and ends at even px."""

    left: int
    top: int
    share: NDArray[np.float32]
    """float32 (h, w): how much of the target shows, 0–1; 0 all around."""

    @property
    def place(self) -> tuple[slice, slice]:
        """Its rows and columns in the crop."""
        height, width = self.share.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    @property
    def half_place(self) -> tuple[slice, slice]:
        """Its rows and columns in the crop at half the size."""
        rows, columns = self.place
        return slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)


def windows(
    moved: Mesh, target: Mesh, at_rest: AtRest, *, eyes: Eyes, size: int
) -> Iterator[Window]:
    """What shows of the target.

    Args:
        moved: The face as it is drawn, px of the crop.
        target: The face as it is.
        at_rest: What is known of it.
        eyes: Whose eyes are seen.
        size: Side of the crop, px; even.
    """
    flat = moved[:, :2]
    sigma = _SOFT * eye_distance(flat)
    if eyes is Eyes.TARGET:
        for contour, eye in zip(_EYES, eye_openings(target), strict=True):
            lids = flat[contour]
            shut = 1 - risen(eye / max(at_rest.open_eyes, 1e-6), _SHUT, _OPEN)
            along, across = (
                own + shut * (whole - own)
                for own, whole in zip(_EYE_SHARES, _SHUT_SHARES, strict=True)
            )
            yield from _window(lids, along, across, sigma, size)
            yield from _window(lids, *_LIDS_SHARES, 4 * sigma, size, strength=shut)
    gap = opening(flat)
    open_mouth, wide = risen(gap, 0.01, 0.04), risen(gap, 0.1, 0.3)
    yield from _window(flat[_MOUTH], 1.0 + 0.1 * wide, 1.0, sigma, size, strength=open_mouth)


def _window(
    contour: Points, along: float, across: float, sigma: float, size: int, *, strength: float = 1
) -> Iterator[Window]:
    """The hull of `contour`, scaled along and across its length, with soft edges; if it shows."""
    if strength <= 0:
        return
    shape = _stretched(contour, along, across)
    reach = math.ceil(4 * sigma) + 1
    x, y, width, height = cv2.boundingRect(shape)
    left, top = max(x - reach, 0) // 2 * 2, max(y - reach, 0) // 2 * 2
    right = min((x + width + reach + 1) // 2 * 2, size)
    bottom = min((y + height + reach + 1) // 2 * 2, size)
    if left >= right or top >= bottom:
        return
    drawn = polygon(shape - np.array([left, top], np.float32), right - left, bottom - top)
    soft = cv2.GaussianBlur(drawn, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    yield Window(left, top, np.asarray(soft, np.float32) * np.float32(strength))


def _stretched(contour: Points, along: float, across: float) -> Points:
    """The convex hull of `contour`, scaled about its middle along and across its length."""
    middle = contour.mean(axis=0)
    length = contour[contour[:, 0].argmax()] - contour[contour[:, 0].argmin()]
    right, down = (length / max(math.hypot(*length.tolist()), 1e-6)).tolist()
    basis = np.array([[right, down], [-down, right]], np.float32)
    scaled = basis.T @ (np.array([[along], [across]], np.float32) * basis)
    return hull(middle + (contour - middle) @ scaled)
