"""Video encoders: which open on this machine, and what quality and preset mean to each."""

import os
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated

import av
import cv2
from av.codec.codec import UnknownCodecError, find_best_pix_fmt_of_list
from av.video.codeccontext import VideoCodecContext
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as options

from livecam.errors import SinkError
from livecam.frame import VideoFormat
from livecam.media.colour import tag_encoder
from livecam.media.messages import FFMPEG_FAILURES, ffmpeg_errors
from livecam.picture import Colour


@options(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Encoding:
    """How a video is compressed."""

    codec: str | None = None
    """FFmpeg's name of the encoder (libx264, libx265, ffv1, h264_nvenc …); by default, what suits
    the container."""
    quality: Annotated[int, Field(ge=0, le=100)] = 66
    """0 smallest, 100 best; 66 is CRF 18 of libx264. Without effect on lossless encoders."""
    preset: str | None = None
    """Speed against size, in the encoder's own words (libx264: ultrafast … veryslow)."""


@dataclass(frozen=True, slots=True)
class EncoderReport:
    """Whether an encoder works here."""

    name: str
    works: bool
    reason: str
    """FFmpeg's words where it does not open, else empty."""


_CRF, _CQ, _QP = ("crf",), ("cq",), ("qp_i", "qp_p")
_LAMBDA = 118  # libavutil's FF_QP2LAMBDA: the unit of global_quality where it is a quantiser
# Encoder → the options that take the quality, and their values at 0 and at 100.
_QUALITIES: dict[str, tuple[tuple[str, ...], int, int]] = {
    "libx264": (_CRF, 51, 1),
    "libx264rgb": (_CRF, 51, 1),
    "libx265": (_CRF, 51, 1),
    "libsvtav1": (_CRF, 63, 3),
    "libvpx-vp9": (_CRF, 63, 3),
    "libvpx": (_CRF, 63, 3),
    "h264_nvenc": (_CQ, 51, 1),
    "hevc_nvenc": (_CQ, 51, 1),
    "av1_nvenc": (_CQ, 51, 1),
    "h264_qsv": (("global_quality",), 51, 1),
    "hevc_qsv": (("global_quality",), 51, 1),
    "av1_qsv": (("global_quality",), 51, 1),
    "h264_amf": (_QP, 51, 1),
    "hevc_amf": (_QP, 51, 1),
}
# Encoders of a quantiser 1–31, which is 31 ** (1 − quality / 100): 3 at the default.
_QUANTISERS = {"mpeg4", "mpeg2video", "mjpeg", "h264_videotoolbox", "hevc_videotoolbox"}
_LOSSLESS = ("ffv1", "ffvhuff", "utvideo")
_PRESETS = {
    "libx264": "veryfast",
    "libx264rgb": "veryfast",
    "libx265": "veryfast",
    "libsvtav1": "8",
    "libvpx-vp9": "4",
    "libvpx": "4",
    "h264_nvenc": "p4",
    "hevc_nvenc": "p4",
    "av1_nvenc": "p4",
}
_FIXED: dict[str, dict[str, str]] = {
    "libx265": {"x265-params": "log-level=error"},
    "libvpx-vp9": {"b": "0", "deadline": "good", "row-mt": "1"},
    "libvpx": {"b": "0", "deadline": "good"},
    "ffv1": {"level": "3", "slicecrc": "1"},
    "h264_nvenc": {"rc": "vbr", "b": "0"},
    "hevc_nvenc": {"rc": "vbr", "b": "0"},
    "av1_nvenc": {"rc": "vbr", "b": "0"},
    "h264_amf": {"rc": "cqp"},
    "hevc_amf": {"rc": "cqp"},
    "mjpeg": {"strict": "unofficial"},  # limited range, as the pictures come
}
_CANDIDATES = (*_QUALITIES, *sorted(_QUANTISERS), *_LOSSLESS, "prores_ks")
_SPEEDS = (
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
    "veryslow", "placebo",
)  # fmt: skip
_CV_CPU_AVX_512F = 13
_PROBE = VideoFormat(640, 360, Fraction(30), Colour())


def open_encoder(
    context: VideoCodecContext,
    encoding: Encoding,
    video_format: VideoFormat,
    *,
    time_base: Fraction,
) -> None:
    """Sets up a new encoder for 4:2:0 pictures and opens it, all cores at work.

    Raises:
        av.FFmpegError: It does not open.
        ValueError: It has no such preset as is asked for.
    """
    context.thread_count, context.thread_type = 0, "AUTO"
    open_with(context, encoder_options(context, encoding), video_format, time_base=time_base)


def open_with(
    context: VideoCodecContext,
    options: dict[str, str],
    video_format: VideoFormat,
    *,
    time_base: Fraction,
) -> None:
    """Sets up a new encoder for 4:2:0 pictures and opens it with these options of its own.

    Raises:
        av.FFmpegError: It does not open.
    """
    # SVT-AV1 and x265 write their settings to stderr unless told otherwise.
    os.environ.setdefault("SVT_LOG", "1")
    context.width, context.height = video_format.width, video_format.height
    context.framerate, context.time_base = video_format.rate, time_base
    context.pix_fmt = _pixel_format(context, video_format.colour)
    context.options = options
    tag_encoder(context, video_format.colour)
    context.open()


def _pixel_format(context: VideoCodecContext, colour: Colour) -> str:
    accepted = [f.name for f in context.codec.video_formats or ()]
    if not accepted or "yuv420p" in accepted:
        return "yuvj420p" if colour.full_range and "yuvj420p" in accepted else "yuv420p"
    best, _ = find_best_pix_fmt_of_list(accepted, "yuv420p")
    return best.name if best else accepted[0]


def encoder_options(context: VideoCodecContext, encoding: Encoding) -> dict[str, str]:
    """What `encoding` means in the words of the encoder of `context`.

    Raises:
        ValueError: It has no such preset as is asked for.
    """
    name = context.name
    chosen = dict(_FIXED.get(name, {}))
    if name.startswith("libx264") and cv2.checkHardwareSupport(_CV_CPU_AVX_512F):
        # x264's AVX-512 code for mbtree gives other bits from run to run (seen in x264 165).
        chosen["x264-params"] = "asm=avx2"
    if name in _QUALITIES:
        names, worst, best = _QUALITIES[name]
        chosen |= dict.fromkeys(names, str(round(worst + (best - worst) * encoding.quality / 100)))
    elif name in _QUANTISERS:
        quantiser = round(31 ** (1 - encoding.quality / 100))
        chosen |= {"flags": "+qscale", "global_quality": str(quantiser * _LAMBDA)}
    return chosen | preset_option(context, encoding.preset)


def preset_option(context: VideoCodecContext, preset: str | None) -> dict[str, str]:
    """The option that chooses `preset`, or the encoder's usual one; none where it has no presets.

    Raises:
        ValueError: It has no such preset as is asked for.
    """
    name = context.name
    preset = preset or _PRESETS.get(name)
    chosen: dict[str, str] = {}
    if preset is not None:
        known = {option.name for option in context.supported_options.private}
        knob = next((option for option in ("preset", "cpu-used") if option in known), None)
        if knob is None:
            raise ValueError(f"{name} has no presets")
        # x264 and x265 would say so on stderr, past every handler of FFmpeg's log.
        if name.startswith(("libx264", "libx265")) and preset not in _SPEEDS:
            raise ValueError(f"{name} has no preset '{preset}', only {', '.join(_SPEEDS)}")
        chosen[knob] = preset
    return chosen


def _find(name: str) -> av.Codec:
    try:
        codec = av.Codec(name, "w")
    except UnknownCodecError as e:
        raise ValueError("this FFmpeg has no encoder of that name") from e
    if codec.type != "video":
        raise ValueError(f"{name} encodes {codec.type}")
    return codec


def encoder_size(name: str, encoding: Encoding, video_format: VideoFormat) -> tuple[int, int]:
    """Width and height, px, at which encoder `name` opens: those asked for, or the next even ones.

    Raises:
        SinkError: It opens at neither; says why, and which encoders do open.
    """
    exact = video_format.width, video_format.height
    even = exact[0] + exact[0] % 2, exact[1] + exact[1] % 2
    if even != exact and _opens(name, encoding, video_format):
        return exact
    padded = VideoFormat(*even, video_format.rate, video_format.colour)
    try:
        with ffmpeg_errors(SinkError, f"encoder {name} does not open", hint=""):
            _try_open(name, encoding, padded)
    except SinkError as e:
        if encoding.preset and _opens(name, replace(encoding, preset=None), padded):
            raise SinkError(e.message, hint="Choose another preset, or none.") from e
        working = ", ".join(report.name for report in working_encoders() if report.works)
        raise SinkError(e.message, hint=f"Encoders that open here: {working}.") from e
    return even


def _try_open(name: str, encoding: Encoding, video_format: VideoFormat) -> None:
    context = _find(name).create("video")
    open_encoder(context, encoding, video_format, time_base=1 / video_format.rate)


def _opens(name: str, encoding: Encoding, video_format: VideoFormat) -> bool:
    try:
        _try_open(name, encoding, video_format)
    except FFMPEG_FAILURES:
        return False
    return True


def working_encoders() -> list[EncoderReport]:
    """The encoders livecam knows and this FFmpeg has, each tried by opening it."""
    reports = []
    for name in _CANDIDATES:
        if name not in av.codecs_available:
            continue
        try:
            with ffmpeg_errors(SinkError, name, hint=""):
                _try_open(name, Encoding(), _PROBE)
        except SinkError as e:
            reports.append(
                EncoderReport(name, works=False, reason=e.message.removeprefix(f"{name}: "))
            )
        else:
            reports.append(EncoderReport(name, works=True, reason=""))
    return reports
