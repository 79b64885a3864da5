"""Crop and paste in the picture's own planes, against the usual way through a full RGB frame.

The usual way is given its RGB frame for nothing, though a decoder and an encoder speak YUV: it
crops from the frame, warps the patch and a white square to the frame's size, erodes and blurs the
square to a soft mask, and blends in float. Both run on one core, turn by turn, in one process.

    python benchmarks/paste.py
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from livecam.picture import Affine, Image, Patch, Picture
from livecam.vision.geometry import invert

CROP = 256
"""Extent of the crop, px."""
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "2160p": (3840, 2160)}
SECONDS = 3.0
"""For each row of the table."""
RUNS = 5
"""In a turn; the first of them finds its data gone from the cache."""


def soft_oval() -> Image:
    """A mask as a swapper gives it: uint8 (CROP, CROP)."""
    mask = np.zeros((CROP, CROP), np.uint8)
    middle = CROP // 2
    cv2.ellipse(mask, (middle, middle), (CROP * 3 // 8, CROP * 7 // 16), 0, 0, 360, 255, -1)
    return np.asarray(cv2.blur(mask, (CROP // 12, CROP // 12)), np.uint8)


MASK = soft_oval()


def places(width: int, height: int, face: float, faces: int) -> list[Affine]:
    """Where crops of `face` px lie, side by side, each a little turned."""
    found = []
    for index in range(faces):
        scale, angle = CROP / face, 0.1 + 0.05 * index
        cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
        linear = np.array([[cosine, -sine], [sine, cosine]])
        centre = np.array([width * (index + 1) / (faces + 1), height / 2])
        shift = (CROP - 1) / 2 - linear @ centre
        found.append(np.column_stack([linear, shift]).astype(np.float32))
    return found


def in_planes(picture: Picture, crops: Sequence[Affine]) -> Picture:
    """What livecam does."""
    return picture.paste([Patch(picture.crop(place, CROP), MASK, place) for place in crops])


def in_full_frame(frame: Image, crops: Sequence[Affine]) -> Image:
    """What is usually done."""
    height, width = frame.shape[:2]
    shown = frame
    for place in crops:
        crop = cv2.warpAffine(frame, place, (CROP, CROP), borderMode=cv2.BORDER_REPLICATE)
        back = invert(place)
        patch = cv2.warpAffine(crop, back, (width, height)).astype(np.float32)
        white = np.full((CROP, CROP), 255, np.float32)
        mask = cv2.warpAffine(white, back, (width, height))
        mask[mask > 20] = 255
        rows, columns = np.where(mask == 255)
        face = int(math.sqrt(np.ptp(rows) * np.ptp(columns)))
        mask = cv2.erode(mask, np.ones((max(face // 10, 10),) * 2, np.uint8))
        blur = 2 * max(face // 20, 5) + 1
        weight = (cv2.GaussianBlur(mask, (blur, blur), 0) / 255)[..., None]
        shown = (weight * patch + (1 - weight) * shown.astype(np.float32)).astype(np.uint8)
    return shown


def medians_ms(tasks: Sequence[Callable[[], object]]) -> list[float]:
    """Each task's median, ms; the tasks take turns, so that all see the same machine."""
    times: list[list[float]] = [[] for _ in tasks]
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until or len(times[0]) < 2 * RUNS:
        for task, taken in zip(tasks, times, strict=True):
            for _ in range(RUNS):
                start = time.perf_counter()
                task()
                taken.append((time.perf_counter() - start) * 1e3)
    return [statistics.median(taken) for taken in times]


def row(name: str, width: int, height: int, *, face: float, faces: int = 1) -> None:
    """Measures one case and prints it."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    frame = np.asarray(cv2.resize(noise, (width, height)), np.uint8)
    picture = Picture.from_rgb(frame)
    crops = places(width, height, face, faces)
    patches = [Patch(picture.crop(place, CROP), MASK, place) for place in crops]
    crop, paste, both, usual = medians_ms(
        [
            lambda: [picture.crop(place, CROP) for place in crops],
            lambda: picture.paste(patches),
            lambda: in_planes(picture, crops),
            lambda: in_full_frame(frame, crops),
        ]
    )
    print(
        f"{name:6} {face:5.0f} {faces:5} {crop:8.2f} {paste:8.2f} {both:8.2f} {usual:9.1f}"
        f" {usual / both:7.1f}×"
    )


def main() -> None:
    """Prints the three tables."""
    cv2.setNumThreads(1)
    head = "frame   face faces  crop ms paste ms  both ms  usual ms   ratio"
    print("A face of constant size", head, sep="\n")
    for name, (width, height) in SIZES.items():
        row(name, width, height, face=400)
    print("\nA face that grows with the frame", head, sep="\n")
    for name, (width, height) in SIZES.items():
        row(name, width, height, face=height * 0.37)
    print("\nMore faces", head, sep="\n")
    for faces in (1, 2, 4):
        row("1080p", *SIZES["1080p"], face=300, faces=faces)


if __name__ == "__main__":
    main()
