"""Still images: read upright with all they carry, and as 4:2:0 pictures there and back."""

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from livecam.errors import SourceError
from livecam.picture import Colour, Image, Matrix, Picture, Plane, Siting
from livecam.picture.colour import rgb_from_yuv, yuv_from_rgb

STILL_COLOUR = Colour(Matrix.BT601, full_range=True, siting=Siting.CENTRE, primaries=1, transfer=13)
"""What the picture made of a still means: YCbCr as in JFIF, of sRGB."""

_YUV_FROM_RGB = yuv_from_rgb(STILL_COLOUR.matrix, full_range=STILL_COLOUR.full_range)
_RGB_FROM_YUV = rgb_from_yuv(STILL_COLOUR.matrix, full_range=STILL_COLOUR.full_range)
Pillow.init()
_FORMATS = tuple(
    kind
    for kind in ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "PPM")
    if kind in Pillow.OPEN
)
_MAY_MOVE = {"PNG", "WEBP", "GIF", "AVIF"}
_FAILURES = (
    OSError,
    SyntaxError,  # how Pillow reports a broken PNG
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
    Pillow.DecompressionBombError,
    Pillow.DecompressionBombWarning,
)
_KINDS_HINT = "Give a PNG, JPEG, WebP, TIFF or AVIF; save the HEIC of a phone as JPEG first."
_SIGNATURES = {b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"II*\0", b"MM\0*"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_WITH_PROFILE = {"RGB", "RGBA", "P", "RGBX", "YCbCr"}
_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """An upright image and what its file says beside the pixels."""

    rgb: Image
    alpha: Plane | None
    """uint8 (h, w), 0 transparent."""
    info: dict[str, Any] = field(default_factory=dict)
    """What Pillow's writers take: exif, icc_profile, xmp, dpi; the orientation is 1."""
    text: dict[str, str] = field(default_factory=dict)
    """Text chunks of a PNG."""
    losses: tuple[str, ...] = ()
    """What of the file is not in here, in words."""


def is_still(path: Path) -> bool:
    """True when the file's content is an image that does not move; False for all else."""
    if not path.is_file():  # a pipe would wait for ever
        return False
    try:
        with Pillow.open(path, formats=_FORMATS) as image:
            return image.format not in _MAY_MOVE or getattr(image, "n_frames", 1) == 1
    except _FAILURES:
        return _begins_as_still(path)


def _begins_as_still(path: Path) -> bool:
    """True for an image that is damaged or of an unknown kind, so that it is refused as one.

    FFmpeg takes a HEIC for a video, whose first picture is one tile of many.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(12)
            heif = begin[4:8] == b"ftyp" and begin[8:] in _HEIF_BRANDS
            return heif or begin[:4] in _SIGNATURES
    except OSError:
        return False


def read_still(path: Path) -> Still:
    """The image at `path`, set upright, as 8-bit RGB.

    Raises:
        SourceError: There is none, or it is damaged.
    """
    try:
        with Pillow.open(path, formats=_FORMATS) as image:
            losses = _losses(image)
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _still(upright, image, losses)
    except FileNotFoundError as e:
        raise SourceError(f"{path} does not exist", hint="Give the path of an image.") from e
    except UnidentifiedImageError as e:
        raise SourceError(
            f"{path} cannot be read as an image: it is none, or of an unknown kind",
            hint=_KINDS_HINT,
        ) from e
    except Pillow.DecompressionBombError as e:
        raise SourceError(
            f"{path} is too large: it has over {2 * (Pillow.MAX_IMAGE_PIXELS or 0) // 10**6} "
            "million pixels",
            hint="Scale it down first.",
        ) from e
    except _FAILURES as e:
        raise SourceError(
            f"{path} cannot be read as an image: {e}",
            hint="Check that the file is whole and opens in an image viewer.",
        ) from e


def _losses(opened: Pillow.Image) -> tuple[str, ...]:
    """What an image, opened and not yet loaded, will lose."""
    mode, losses = opened.mode, []
    deep = any(";16" in str(args) for *_, args in getattr(opened, "tile", ()))
    if deep or mode.startswith("I") or mode == "F":
        losses.append("its pixels become 8 bits a channel")
    pages = getattr(opened, "n_frames", 1) if opened.format == "TIFF" else 1
    if pages > 1:
        losses.append(f"only the first of its {pages} pages is read")
    if mode not in _WITH_PROFILE and "icc_profile" in opened.info:
        losses.append(f"its colour profile is for {mode} and is left out")
    return tuple(losses)


def _still(upright: Pillow.Image, opened: Pillow.Image, losses: tuple[str, ...]) -> Still:
    mode = opened.mode
    if mode.startswith("I;16"):
        upright = upright.point(lambda value: value / 256).convert("L")
    kept = ["exif", "xmp", "dpi"]
    if mode in _WITH_PROFILE:
        kept.append("icc_profile")
    info = {key: upright.info[key] for key in kept if upright.info.get(key)}
    exif = upright.getexif()
    if len(exif):
        info["exif"] = exif.tobytes()
    alpha = None
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        alpha = np.asarray(upright.getchannel("A"), np.uint8)
    rgb = np.ascontiguousarray(upright.convert("RGB"), np.uint8)
    text = {str(k): str(v) for k, v in getattr(opened, "text", {}).items() if "XML:com" not in k}
    return Still(rgb, alpha, info, text, losses)


def picture_of(rgb: Image) -> Picture:
    """`rgb` (h, w, 3) as a 4:2:0 picture of `STILL_COLOUR`; the same every time."""
    h, w = rgb.shape[:2]
    yuv = cv2.transform(rgb, _YUV_FROM_RGB)
    even = cv2.copyMakeBorder(yuv, 0, h % 2, 0, w % 2, cv2.BORDER_REPLICATE)
    half = cv2.resize(even, ((w + 1) // 2, (h + 1) // 2), interpolation=cv2.INTER_AREA)
    planes = (yuv[..., 0], half[..., 1], half[..., 2])
    y, u, v = (np.ascontiguousarray(plane, np.uint8) for plane in planes)
    return Picture(y, u, v, STILL_COLOUR)


def rgb_of(picture: Picture) -> Image:
    """A picture of `STILL_COLOUR` as RGB uint8 (h, w, 3)."""
    h, w = picture.y.shape
    u, v = (_doubled(plane, h, w) for plane in (picture.u, picture.v))
    yuv = cv2.merge([np.ascontiguousarray(picture.y), u, v])
    return np.asarray(cv2.transform(yuv, _RGB_FROM_YUV), np.uint8)


def rgb_changed(original: Image, before: Picture, after: Picture) -> Image:
    """`original` with the pixels of `after` where `after` differs from `before`.

    A pixel counts as changed when its luma changed. One of a changed chroma sample whose luma
    happens to be the same counts when most of its neighbours do; at the edge of a change it keeps
    the original, so that nothing outside a mask is touched.
    """
    h, w = before.y.shape
    luma = before.y != after.y
    chroma = (before.u != after.u) | (before.v != after.v)
    chroma = np.repeat(np.repeat(chroma, 2, axis=0), 2, axis=1)[:h, :w]
    around = cv2.boxFilter(
        luma.astype(np.uint8), -1, (3, 3), normalize=False, borderType=cv2.BORDER_REPLICATE
    )
    changed = luma | (chroma & (around >= _NEIGHBOURS))
    return np.where(changed[..., None], rgb_of(after), original)


def _doubled(plane: Plane, h: int, w: int) -> NDArray[np.uint8]:
    size = (2 * plane.shape[1], 2 * plane.shape[0])
    double = cv2.resize(np.ascontiguousarray(plane), size, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(double[:h, :w], np.uint8)
