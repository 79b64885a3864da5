"""Small media files made for the tests, and what FFmpeg itself reads of a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

W, H = 64, 48
LOSSLESS = {"ffv1", "rawvideo", "ffvhuff", "qtrle", "png", "utvideo"}


def planes(index: int, width: int = W, height: int = H, fmt: str = "yuv420p") -> list[np.ndarray]:
    """The planes of test picture `index`: a moving ramp with grain, of any planar 8-bit format."""
    grain = np.random.default_rng(index)
    form = av.VideoFormat(fmt, width, height)
    made = []
    for component in form.components:
        h, w = component.height, component.width
        ramp = np.add.outer(np.arange(h), np.arange(w) * 2) + 5 * index + 40 * component.plane
        made.append((40 + ramp % 150 + grain.integers(0, 12, (h, w))).astype(np.uint8))
    return made


def frame(index: int, width: int = W, height: int = H, fmt: str = "yuv420p") -> av.VideoFrame:
    """Test picture `index` as FFmpeg's frame."""
    if fmt == "pal8":
        made = av.VideoFrame(width, height, "pal8")
        rows = np.frombuffer(made.planes[0], np.uint8).reshape(height, made.planes[0].line_size)
        rows[:, :width] = planes(index, width, height)[0]
        palette = np.random.default_rng(5).integers(0, 256, (256, 4), np.uint8)
        palette[:, 3] = 255
        np.frombuffer(made.planes[1], np.uint8)[:] = palette.reshape(-1)
        return made
    planar = av.VideoFormat(fmt).is_planar and fmt not in {"nv12", "yuv420p10le"}
    base = fmt if planar else ("rgb24" if fmt in {"rgb24", "bgr0", "rgba"} else "yuv420p")
    if base == "rgb24":
        rgb = np.stack([p[:height, :width] for p in planes(index, width, height, "yuv444p")], -1)
        made = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")
        return made if fmt == "rgb24" else made.reformat(format=fmt)
    made = av.VideoFrame(width, height, base)
    for plane, samples in zip(made.planes, planes(index, width, height, base), strict=True):
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        rows[:, : plane.width] = samples
    return made if base == fmt else made.reformat(format=fmt)


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A clip to be made."""

    codec: str = "libx264"
    fmt: str = "yuv420p"
    size: tuple[int, int] = (W, H)
    frames: int = 12
    rate: Fraction = Fraction(30)
    stamps: Sequence[int] | None = None
    """pts in `time_base`; by default one frame after the other."""
    time_base: Fraction | None = None
    audio: Sequence[tuple[str, str, float]] = ()
    """Codec, language, start in s."""
    subtitles: Sequence[tuple[str, str]] = ()
    """Codec (subrip, mov_text, ass), language."""
    chapters: bool = False
    rotation: int | None = None
    aspect: Fraction | None = None
    metadata: dict[str, str] | None = None
    tags: dict[str, int] | None = None
    options: dict[str, str] | None = None
    cover: bool = False
    attachment: bool = False
    container_options: dict[str, str] | None = None

    def make(self, path: Path) -> Path:
        """Writes it."""
        with av.open(str(path), "w", container_options=self.container_options or {}) as out:
            out.metadata.update(self.metadata or {})
            video = self._video(out)
            audios = [self._audio(out, codec, lang) for codec, lang, _ in self.audio]
            texts = [self._text(out, codec, lang) for codec, lang in self.subtitles]
            cover = self._cover(out) if self.cover else None
            if self.attachment:
                out.add_attachment("font.ttf", "application/x-truetype-font", b"a font" * 9)
            if self.chapters:
                out.set_chapters(
                    [
                        {"id": n, "start": n * 150, "end": n * 150 + 150,
                         "time_base": Fraction(1, 1000), "metadata": {"title": f"part {n}"}}
                        for n in range(2)
                    ]
                )  # fmt: skip
            packets: list[av.Packet] = []
            for index in range(self.frames):
                picture = frame(index, *self.size, self.fmt)
                picture.pts = self.stamps[index] if self.stamps else index
                picture.time_base = self.time_base or 1 / self.rate
                packets += video.encode(picture)
            packets += video.encode(None)
            for stream, (_, _, start) in zip(audios, self.audio, strict=True):
                packets += self._sound(stream, start)
            for stream, (codec, _) in zip(texts, self.subtitles, strict=True):
                packets += self._lines(stream, codec)
            if cover is not None:
                packets.insert(0, cover)
            packets.sort(key=lambda p: (p.dts if p.dts is not None else p.pts) * p.time_base)
            for packet in packets:
                out.mux_one(packet)
        return path

    def _video(self, out: Any) -> Any:
        video = out.add_stream(self.codec, rate=self.rate, options=self.options or {})
        video.width, video.height = self.size
        video.pix_fmt = self.fmt
        context = video.codec_context
        context.time_base = self.time_base or 1 / self.rate
        video.time_base = context.time_base
        for name, value in (self.tags or {}).items():
            setattr(context, name, value)
        if self.aspect:
            context.sample_aspect_ratio = self.aspect
        if self.rotation is not None:
            video.set_display_rotation(self.rotation)
        video.metadata["language"] = "eng"
        return video

    @staticmethod
    def _audio(out: Any, codec: str, language: str) -> Any:
        stream = out.add_stream(codec, rate=48000)
        accepted = [f.name for f in stream.codec_context.codec.audio_formats]
        stream.format = next(f for f in ("fltp", "s16", "s16p") if f in accepted)
        stream.metadata["language"] = language
        return stream

    @staticmethod
    def _text(out: Any, codec: str, language: str) -> Any:
        stream = out.add_mux_stream(codec)
        stream.time_base = Fraction(1, 1000)
        stream.metadata["language"] = language
        return stream

    def _sound(self, stream: Any, start: float) -> list[av.Packet]:
        size = stream.codec_context.frame_size or 1024
        length = int(self.frames / self.rate * 48000)
        packets = []
        for first in range(0, max(length, size), size):
            fmt = stream.codec_context.format
            values = np.sin(np.arange(first, first + size) / 20)
            if "s16" in fmt.name:
                values = (values * 8000).astype(np.int16)
            samples = np.stack([values, values]).astype(values.dtype)
            if "s16" not in fmt.name:
                samples = samples.astype(np.float32)
            if not fmt.is_planar:
                samples = samples.T.reshape(1, -1)
            made = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), fmt.name, "stereo")
            made.sample_rate, made.time_base = 48000, Fraction(1, 48000)
            made.pts = first + round(start * 48000)
            packets += stream.encode(made)
        return packets + stream.encode(None)

    @staticmethod
    def _lines(stream: Any, codec: str) -> list[av.Packet]:
        packets = []
        for n in range(3):
            text = f"line {n}".encode()
            if codec == "mov_text":
                text = len(text).to_bytes(2, "big") + text
            packet = av.Packet(text)
            packet.stream = stream
            packet.time_base = Fraction(1, 1000)
            packet.pts = packet.dts = n * 120
            packet.duration = 100
            packets.append(packet)
        return packets

    @staticmethod
    def _cover(out: Any) -> av.Packet:
        encoder = av.CodecContext.create("png", "w")
        encoder.width, encoder.height, encoder.pix_fmt = 16, 16, "rgb24"
        encoder.time_base = Fraction(1, 25)
        data = bytes(encoder.encode(frame(0, 16, 16, "rgb24"))[0])
        stream = out.add_mux_stream("png", width=16, height=16)
        stream.disposition = 1 << 10
        packet = av.Packet(data)
        packet.stream, packet.pts, packet.dts = stream, 0, 0
        packet.time_base, packet.is_keyframe = Fraction(1, 90000), True
        return packet


@dataclass(frozen=True)
class Shown:
    """A picture as FFmpeg decodes it, stored orientation."""

    time: Fraction | None
    planes: tuple[bytes, ...]
    frame: av.VideoFrame


def step(picture: av.VideoFrame, plane: int) -> int:
    return 2 if picture.format.name == "nv12" and plane else 1


def shown(path: Path) -> list[Shown]:
    """All pictures of the first video stream, decoded without livecam, one thread."""
    result = []
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        stream.thread_count = 1
        for packet in source.demux(stream):
            for picture in packet.decode():
                time = None if picture.pts is None else picture.pts * stream.time_base
                samples = tuple(
                    np.frombuffer(p, np.uint8)
                    .reshape(p.height, -1)[:, : p.width * step(picture, n)]
                    .tobytes()
                    for n, p in enumerate(picture.planes)
                )
                result.append(Shown(time, samples, picture))
    return result


def payloads(path: Path, kind: str) -> list[list[tuple[Fraction, bytes]]]:
    """Per stream of `kind`: start in s and bytes of every packet."""
    with av.open(str(path)) as source:
        streams = [s for s in source.streams if s.type == kind]
        found: dict[int, list[tuple[Fraction, bytes]]] = {s.index: [] for s in streams}
        for packet in source.demux(streams):
            if packet.size:
                time = (packet.pts or 0) * packet.time_base
                found[packet.stream.index].append((time, bytes(packet)))
        return list(found.values())
