"""Encoders set up for live pictures: each comes out as soon as it has gone in."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from av.video.codeccontext import VideoCodecContext
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as options

from livecam.frame import VideoFormat
from livecam.media.encoders import (
    Encoding,
    encoder_options,
    encoder_size,
    open_with,
    preset_option,
)

TIME_BASE = Fraction(1, 60_000)
"""Of encoded live pictures, s: one that every encoder takes and the usual rates are whole in."""
KEYFRAME_EVERY_S = 2
"""A viewer who joins waits for a key frame at most this long; what streaming services ask for."""
_REFERENCE_KBPS, _REFERENCE_PIXELS_HZ = 3000, 1280 * 720 * 30
_LEAST_KBPS = 200
# Encoder → what keeps it from holding pictures back.
_LOW_DELAY: dict[str, dict[str, str]] = {
    "libx264": {"tune": "zerolatency", "sc_threshold": "0"},
    "libx265": {"tune": "zerolatency"},
    "h264_nvenc": {"tune": "ull", "zerolatency": "1", "delay": "0"},
    "hevc_nvenc": {"tune": "ull", "zerolatency": "1", "delay": "0"},
    "h264_qsv": {"async_depth": "1"},
    "hevc_qsv": {"async_depth": "1"},
    "h264_amf": {"usage": "ultralowlatency"},
    "hevc_amf": {"usage": "ultralowlatency"},
    "h264_videotoolbox": {"realtime": "1"},
    "hevc_videotoolbox": {"realtime": "1"},
    "libvpx": {"deadline": "realtime", "lag-in-frames": "0"},
    "libvpx-vp9": {"deadline": "realtime", "lag-in-frames": "0"},
}


@options(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LiveEncoding:
    """How streams and recordings of a live run are compressed."""

    codec: str = "libx264"
    """FFmpeg's name of the video encoder; H.264 is what every server and player takes."""
    preset: str | None = None
    """Speed against size, in the encoder's own words; libx264: veryfast, and ultrafast for weak
    machines."""
    bitrate_kbps: Annotated[int, Field(ge=100, le=200_000)] | None = None
    """Of a stream's video, 1000 bit/s; by default by size and frame rate: 3000 at 1280×720 and
    30 fps."""
    quality: Annotated[int, Field(ge=0, le=100)] = 66
    """Of a recording: 0 smallest, 100 best; 66 is CRF 18 of libx264."""
    audio_bitrate_kbps: Annotated[int, Field(ge=32, le=512)] = 128
    """Of the sound, 1000 bit/s."""


@dataclass(frozen=True, slots=True)
class LiveEncoder:
    """A video encoder that is known to open; see `live_encoder`."""

    encoding: LiveEncoding
    stored: VideoFormat
    """As the encoder gets the pictures: padded to even where it must be."""
    constant_quality: bool

    def open(self, context: VideoCodecContext) -> None:
        """Sets up and opens a new context of this encoder.

        Raises:
            av.FFmpegError: It does not open.
            ValueError: It has no such preset as is asked for.
        """
        if self.constant_quality:
            options = encoder_options(context, _as_file(self.encoding))
        else:
            rate = f"{bitrate_kbps(self.encoding, self.stored)}k"
            options = {"b": rate, "maxrate": rate, "bufsize": rate}
            options |= preset_option(context, self.encoding.preset)
        options |= _LOW_DELAY.get(context.name, {})
        options |= {"g": str(max(1, round(KEYFRAME_EVERY_S * self.stored.rate))), "bf": "0"}
        # Threads within a picture: threads for several pictures would hold as many back.
        context.thread_count, context.thread_type = 0, "SLICE"
        open_with(context, options, self.stored, time_base=TIME_BASE)


def live_encoder(
    encoding: LiveEncoding, video_format: VideoFormat, *, constant_quality: bool
) -> LiveEncoder:
    """The encoder that `encoding` names, for pictures of `video_format`.

    Args:
        encoding: Which, and how.
        video_format: Of the pictures.
        constant_quality: For files: keeps to a quality. Otherwise, for networks, it keeps to a
            bit rate, over any second.

    Raises:
        SinkError: It does not open; says why, and which encoders do open.
    """
    width, height = encoder_size(encoding.codec, _as_file(encoding), video_format)
    stored = VideoFormat(width, height, video_format.rate, video_format.colour)
    return LiveEncoder(encoding, stored, constant_quality)


def bitrate_kbps(encoding: LiveEncoding, video_format: VideoFormat) -> int:
    """The video's bit rate, 1000 bit/s: as asked for, or one that suits the size and the rate.

    It grows with the pixels per second to the power 3/4: larger pictures compress better. That
    gives 5500 at 1080p30 and 9300 at 1080p60, within what streaming services recommend.
    """
    if encoding.bitrate_kbps is not None:
        return encoding.bitrate_kbps
    pixels_hz = video_format.width * video_format.height * float(video_format.rate)
    grown = math.pow(pixels_hz / _REFERENCE_PIXELS_HZ, 0.75)
    return max(_LEAST_KBPS, round(_REFERENCE_KBPS * grown))


def _as_file(encoding: LiveEncoding) -> Encoding:
    return Encoding(codec=encoding.codec, quality=encoding.quality, preset=encoding.preset)
