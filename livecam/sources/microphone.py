"""The microphone, heard by any number of outputs at once."""

import logging
import os
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from livecam.errors import SourceError
from livecam.media.messages import ffmpeg_errors
from livecam.media.sound import RATE_HZ, AudioChunk, Chunks
from livecam.pipeline.stage import Stage

_LOG = logging.getLogger(__name__)
DEFAULT = "default"
"""The microphone the system has chosen."""
_NON_BLOCKING = "4"  # AVFMT_FLAG_NONBLOCK
_LOOK_EVERY_S = 0.004
_QUIET_S = 1.0
"""A microphone that sends nothing for so long is opened anew."""
_RETRY_EVERY_S = 2.0
_CLOSING_S = 5.0
"""A sound server that does not answer is left behind."""
_KEPT = 512
"""Chunks kept for a listener that does not listen: some seconds."""
_SYSTEMS = {"linux": ("pulse", "alsa"), "darwin": ("avfoundation",), "win32": ("dshow",)}
# What ALSA calls a way to a microphone that converts where it must; the rest leads there too.
_ALSA_NAMES = ("default", "pulse", "pipewire", "plughw:")
_ALSA_CONFIGURATION = Path("/usr/share/alsa")
_ALSA_PLUGINS = ("/usr/lib/*/alsa-lib", "/usr/lib64/alsa-lib", "/usr/lib/alsa-lib")


@dataclass(frozen=True, slots=True)
class _Device:
    """How FFmpeg opens a microphone."""

    input_format: str
    url: str
    options: dict[str, str]


class Microphone:
    """What one microphone hears, for as many as listen, while its context lasts; a `Sound`.

        with Microphone() as microphone, microphone.listen() as chunks:
            ...

    A microphone that is missing, busy or unplugged is said once and tried again from time to time;
    until then there are no chunks.

    Args:
        device: A name as `microphones` lists them, or `DEFAULT`.
        input_format: FFmpeg's name of the kind of device; by default the system's own.
    """

    def __init__(self, device: str = DEFAULT, *, input_format: str | None = None) -> None:
        self._device = device
        self._input_format = input_format
        self._listeners: list[Chunks] = []
        self._lock = Lock()
        self._stopping = Event()
        self._error: BaseException | None = None
        self._stage: Stage | None = None

    def __enter__(self) -> Self:
        self._stopping.clear()
        self._stage = Stage("microphone", self._work, on_error=self._fail)
        self._stage.daemon = True
        self._stage.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._stopping.set()
        if self._stage is not None and not self._stage.wait(_CLOSING_S):
            _LOG.warning("the microphone %s does not close; it is left behind", self._device)
        if self._error is not None and error is None:
            raise self._error

    @contextmanager
    def listen(self) -> Iterator[Chunks]:
        """A context in which chunks come in as they are heard, on another thread."""
        chunks: Chunks = deque(maxlen=_KEPT)
        with self._lock:
            self._listeners.append(chunks)
        try:
            yield chunks
        finally:
            with self._lock:
                # By identity: equal chunks may wait in two deques.
                self._listeners = [other for other in self._listeners if other is not chunks]

    def _work(self) -> None:
        missing = False
        while not self._stopping.is_set():
            try:
                with closing(heard(self._device, input_format=self._input_format)) as chunks:
                    for chunk in chunks:
                        if self._stopping.is_set():
                            return
                        if chunk is not None:
                            if missing:
                                _LOG.info("the microphone %s is back", self._device)
                                missing = False
                            self._hand_out(chunk)
            except SourceError as error:
                if not missing:
                    _LOG.warning("%s; there is silence until it is back", error.message)
                    missing = True
            self._stopping.wait(_RETRY_EVERY_S)

    def _hand_out(self, chunk: AudioChunk) -> None:
        with self._lock:
            for chunks in self._listeners:
                chunks.append(chunk)

    def _fail(self, _stage: str, error: BaseException) -> None:
        self._error = error


def microphones() -> list[str]:
    """The names of the microphones there are, for `Microphone`."""
    input_format = _system_format()
    try:
        found = av.enumerate_input_devices(input_format)
    except (av.FFmpegError, ValueError):  # this kind of device cannot be listed here
        return []
    if input_format == "alsa":
        return [device.name for device in found if device.name.startswith(_ALSA_NAMES)]
    return [device.description for device in found if "audio" in device.media_types]


def heard(
    device: str = DEFAULT, *, input_format: str | None = None
) -> Generator[AudioChunk | None, None, None]:
    """What a microphone hears, as it hears it; None whenever there is nothing yet.

    Raises:
        SourceError: It is missing, busy or not allowed, was unplugged, or sends nothing.
    """
    opened = _found(device, input_format or _system_format())
    with ffmpeg_errors(
        SourceError,
        f"the microphone {device} cannot be heard",
        hint="Plug it in, allow its use, or choose another one: livecam devices lists them.",
    ):
        container = av.open(
            opened.url,
            format=opened.input_format,
            container_options=opened.options | {"fflags": _NON_BLOCKING},
        )
        try:
            yield from _chunks(container)
        finally:
            container.close()
    raise SourceError(
        f"the microphone {device} has stopped", hint="Plug it in again, or choose another one."
    )


def _chunks(container: av.container.InputContainer) -> Generator[AudioChunk | None, None, None]:
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
    clock = _ArrivalClock()
    heard_at = time.monotonic()
    while time.monotonic() - heard_at < _QUIET_S:
        try:
            for packet in container.demux(container.streams.audio[0]):
                if packet.size == 0:
                    return
                for frame in packet.decode():
                    assert isinstance(frame, AudioFrame)
                    for converted in resampler.resample(frame):
                        heard_at = time.monotonic()
                        yield clock.placed(converted, now=heard_at)
        except BlockingIOError:
            time.sleep(_LOOK_EVERY_S)
            yield None


class _ArrivalClock:
    """Tells when sound was heard from when it came: it comes late by chance, but never early."""

    _LATE_S, _EARLY_S = 0.5, 0.1
    """Further off is another sound: something was lost."""
    _TRUST_LATE, _TRUST_EARLY = 0.01, 0.2

    def __init__(self) -> None:
        self._expected: float | None = None

    def placed(self, frame: AudioFrame, *, now: float) -> AudioChunk:
        """`frame`, which has just come, with the time of its first sample."""
        samples = frame.to_ndarray().astype(np.float32, copy=False)
        came = now - samples.shape[1] / RATE_HZ
        start = came
        if self._expected is not None and -self._EARLY_S < came - self._expected < self._LATE_S:
            error = came - self._expected
            trust = self._TRUST_EARLY if error < 0 else self._TRUST_LATE
            start = self._expected + trust * error
        self._expected = start + samples.shape[1] / RATE_HZ
        return AudioChunk(samples, start)


def _system_format() -> str:
    """FFmpeg's name for this system's microphones."""
    candidates = _SYSTEMS.get(sys.platform, ("alsa",))
    chosen = next((name for name in candidates if name in av.formats_available), candidates[-1])
    if chosen == "alsa":
        _lead_to_alsa()
    return chosen


def _lead_to_alsa() -> None:
    """Shows ALSA its files: the one in PyAV's wheels looks for them where it was built.

    The plugins are what leads to PulseAudio and PipeWire.
    """
    if _ALSA_CONFIGURATION.is_dir():
        os.environ.setdefault("ALSA_CONFIG_DIR", str(_ALSA_CONFIGURATION))
    folders = [folder for pattern in _ALSA_PLUGINS for folder in Path("/").glob(pattern[1:])]
    if folders:
        os.environ.setdefault("ALSA_PLUGIN_DIR", str(folders[0]))


def _found(device: str, input_format: str) -> _Device:
    if input_format == "alsa":
        return _Device("alsa", device, {"sample_rate": str(RATE_HZ), "channels": "2"})
    if input_format == "pulse":
        return _Device("pulse", device, {"fragment_size": "3840"})
    if input_format == "avfoundation":
        return _Device("avfoundation", f":{device}", {})
    if input_format == "dshow":
        name = next(iter(microphones()), device) if device == DEFAULT else device
        return _Device("dshow", f"audio={name}", {"audio_buffer_size": "20"})
    return _Device(input_format, device, {})
