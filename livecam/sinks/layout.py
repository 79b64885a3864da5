"""The orders of samples that virtual cameras take, made of a picture's planes."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from livecam.picture import Picture, Plane

_GREY_LEVELS: Plane = np.clip((np.arange(256) - 16) * 255 / 219 + 0.5, 0, 255).astype(np.uint8)
"""Grey pictures have the full range, luma here has 16–235."""


def _nv12(picture: Picture) -> Plane:
    chroma = np.asarray(cv2.merge([picture.u, picture.v]), np.uint8)
    return np.concatenate([picture.y.ravel(), chroma.ravel()])


def _yuyv(picture: Picture) -> Plane:
    return _interleaved(picture, luma=0)


def _uyvy(picture: Picture) -> Plane:
    return _interleaved(picture, luma=1)


def _interleaved(picture: Picture, *, luma: int) -> Plane:
    """Luma at every second byte, between it U and V in turn; every chroma row serves two."""
    rows, columns = picture.u.shape
    pairs = np.asarray(cv2.merge([picture.u, picture.v]), np.uint8).reshape(rows, 2 * columns)
    samples = [np.repeat(pairs, 2, axis=0)]
    samples.insert(luma, picture.y)
    return np.asarray(cv2.merge(samples), np.uint8).ravel()


def _grey(picture: Picture) -> Plane:
    return np.asarray(cv2.LUT(picture.y, _GREY_LEVELS), np.uint8)


LAYOUTS: Mapping[str, Callable[[Picture], Plane]] = {
    "I420": Picture.i420,
    "NV12": _nv12,
    "YUYV": _yuyv,
    "UYVY": _uyvy,
    "GRAY": _grey,
}
"""By pyvirtualcam's name: all samples of a picture of even size, uint8. Only I420 costs nothing."""
