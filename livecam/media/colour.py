"""Colour tags of FFmpeg as `Colour`, and back."""

import av

from livecam.media.messages import description
from livecam.picture import Colour, Matrix, Siting

# AVColorSpace (the matrix coefficients of ISO/IEC 23091-2) as the nearest matrix livecam knows.
_MATRICES = {
    1: Matrix.BT709,
    4: Matrix.BT601,
    5: Matrix.BT601,
    6: Matrix.BT601,
    7: Matrix.BT709,
    9: Matrix.BT2020,
    10: Matrix.BT2020,
}
_SPACES = {Matrix.BT601: 6, Matrix.BT709: 1, Matrix.BT2020: 9}
# libswscale's own numbers for the same (SWS_CS_*).
SWS_SPACES = {Matrix.BT601: 5, Matrix.BT709: 1, Matrix.BT2020: 9}
LIMITED, FULL = 1, 2
_RGB = 0
_SITINGS = {"left": Siting.LEFT, "center": Siting.CENTRE, "topleft": Siting.TOP_LEFT}
_SITING_NAMES = {siting: name for name, siting in _SITINGS.items()}


def is_rgb(pixel_format: av.VideoFormat) -> bool:
    """True for RGB of any depth and for palettes of RGB."""
    return pixel_format.is_rgb or pixel_format.has_palette


def is_grey(pixel_format: av.VideoFormat) -> bool:
    """True for formats without colour."""
    return not is_rgb(pixel_format) and sum(not c.is_alpha for c in pixel_format.components) == 1


def is_hd(width: int, height: int) -> bool:
    """True for sizes above those of SD video, px."""
    return width > 1024 or height > 576


def _matrix(space: int, width: int, height: int) -> Matrix:
    """The tagged matrix; untagged, that of the picture's size: HD is BT.709, SD BT.601."""
    return _MATRICES.get(space, Matrix.BT709 if is_hd(width, height) else Matrix.BT601)


def _siting(pixel_format: av.VideoFormat, tagged: Siting | None, *, full_range: bool) -> Siting:
    """Where the chroma of the 4:2:0 picture made of such a frame lies.

    libswscale puts the chroma it subsamples horizontally in the middle; 4:2:2 keeps its columns.
    """
    if is_rgb(pixel_format) or is_grey(pixel_format):
        return Siting.CENTRE
    if pixel_format.chroma_width(16) == 16:
        return Siting.CENTRE
    if tagged:
        return tagged
    return Siting.CENTRE if full_range and "j4" in pixel_format.name else Siting.LEFT


def colour_of(frame: av.VideoFrame, tagged_siting: Siting | None) -> Colour:
    """What the 4:2:0 picture made of `frame` means.

    RGB becomes BT.709 limited; grey is full range unless tagged; the rest keeps matrix and range.
    """
    pixel_format = frame.format
    if is_rgb(pixel_format):
        matrix, full_range = Matrix.BT709, False
    else:
        matrix = _matrix(int(frame.colorspace), frame.width, frame.height)
        full_by_format = "yuvj" in pixel_format.name or is_grey(pixel_format)
        tag = int(frame.color_range)
        full_range = tag == FULL or (tag != LIMITED and full_by_format)
    return Colour(
        matrix=matrix,
        full_range=full_range,
        siting=_siting(pixel_format, tagged_siting, full_range=full_range),
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
    )


def range_of(colour: Colour) -> int:
    """AVColorRange."""
    return FULL if colour.full_range else LIMITED


def space_of(colour: Colour) -> int:
    """AVColorSpace; 625-line primaries keep their own code for BT.601."""
    if colour.matrix is Matrix.BT601 and colour.primaries == 5:
        return 5
    return _SPACES[colour.matrix]


def tag_encoder(context: av.VideoCodecContext, colour: Colour) -> None:
    """Writes `colour` into an encoder that is not open yet, and so into the container."""
    rgb = context.format is not None and is_rgb(context.format)
    context.colorspace = _RGB if rgb else space_of(colour)
    context.color_range = FULL if rgb else range_of(colour)
    context.color_primaries = colour.primaries
    context.color_trc = colour.transfer
    context.options = context.options | {"chroma_sample_location": _SITING_NAMES[colour.siting]}


def tagged_siting(container: av.container.InputContainer, stream: av.VideoStream) -> Siting | None:
    """The chroma siting a container or codec header states, or None.

    PyAV has no field for it; FFmpeg's description of the stream has it at the verbose level.
    """
    for line in description(container).splitlines():
        if line.lstrip().startswith(f"Stream #0:{stream.index}"):
            words = {word.strip(" )") for word in line.replace("(", ",").split(",")}
            return next((_SITINGS[name] for name in _SITINGS if name in words), None)
    return None
