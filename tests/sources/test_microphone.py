"""The microphone: heard by many, in time, and missed without harm."""

import json
import logging
import os
import shutil
import statistics
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from av.audio.frame import AudioFrame

from livecam.errors import SourceError
from livecam.media.sound import RATE_HZ, AudioChunk, Chunks
from livecam.sources.microphone import Microphone, _ArrivalClock, heard, microphones

SINE = "sine=frequency=440:sample_rate=44100,arealtime"
ALSA_PULSE = list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
NEEDS_PULSEAUDIO = pytest.mark.skipif(
    shutil.which("pulseaudio") is None or not ALSA_PULSE,
    reason="PulseAudio is not here (apt-get install pulseaudio libasound2-plugins)",
)


def wait_for(chunks: Chunks, count: int) -> list[AudioChunk]:
    deadline = time.monotonic() + 20
    while len(chunks) < count:
        assert time.monotonic() < deadline, f"only {len(chunks)} chunks came"
        time.sleep(0.01)
    return list(chunks)


def frequency_hz(chunks: list[AudioChunk]) -> float:
    sound = np.concatenate([chunk.samples[0] for chunk in chunks])
    spectrum = abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE_HZ / len(sound))


def test_all_who_listen_hear_the_same_sound() -> None:
    with Microphone(SINE, input_format="lavfi") as microphone:
        with microphone.listen() as first, microphone.listen() as second:
            heard_first, heard_second = wait_for(first, 30), wait_for(second, 30)
        with microphone.listen() as third:
            wait_for(third, 5)
    shared = {id(chunk) for chunk in heard_first} & {id(chunk) for chunk in heard_second}
    assert len(shared) >= 25
    assert frequency_hz(heard_first) == pytest.approx(440, abs=5)
    assert all(chunk.samples.shape[0] == 2 for chunk in heard_first)
    assert all(chunk.samples.dtype == np.float32 for chunk in heard_first)


def test_chunks_follow_each_other_in_time_and_are_fresh() -> None:
    with Microphone(SINE, input_format="lavfi") as microphone, microphone.listen() as chunks:
        wait_for(chunks, 40)
        got, now = list(chunks), time.monotonic()
    ends = [chunk.captured_at + chunk.duration_s for chunk in got]
    starts = [chunk.captured_at for chunk in got]
    gaps = [abs(start - end) for start, end in zip(starts[1:], ends, strict=False)]
    assert statistics.median(gaps) < 0.002  # a busy machine stalls now and then, and is caught up
    assert -0.05 < now - ends[-1] < 1


def test_sound_that_comes_by_fits_and_starts_was_heard_at_an_even_pace() -> None:
    clock, rng = _ArrivalClock(), np.random.default_rng(1)
    block = AudioFrame.from_ndarray(np.zeros((2, 960), np.float32), "fltp", "stereo")
    late_s = rng.exponential(0.02, 500).clip(max=0.2)
    heard_at = [clock.placed(block, now=0.02 * (n + 1) + late_s[n]).captured_at for n in range(500)]
    settled = np.asarray(heard_at[100:]) - 0.02 * np.arange(100, 500)
    assert np.diff(settled).max() < 0.003
    assert settled.min() >= 0
    assert settled.max() < 0.02


def test_after_a_long_stall_sound_is_placed_where_it_came() -> None:
    clock = _ArrivalClock()
    block = AudioFrame.from_ndarray(np.zeros((2, 960), np.float32), "fltp", "stereo")
    for n in range(50):
        clock.placed(block, now=0.02 * (n + 1))
    assert clock.placed(block, now=3).captured_at == pytest.approx(2.98)


def test_a_listener_that_does_not_listen_keeps_the_newest() -> None:
    with Microphone(SINE, input_format="lavfi") as microphone, microphone.listen() as chunks:
        assert chunks.maxlen is not None
        first = wait_for(chunks, 1)[0]
        chunks.extend([first] * chunks.maxlen)
        time.sleep(0.3)
        assert len(chunks) == chunks.maxlen
        assert chunks[-1] is not first


def test_a_missing_microphone_is_said_once_and_taken_when_it_comes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livecam.sources.microphone._RETRY_EVERY_S", 0.05)
    file = tmp_path / "late.wav"
    caplog.set_level(logging.INFO, logger="livecam")
    device = f"amovie={file},arealtime"
    with Microphone(device, input_format="lavfi") as microphone, microphone.listen() as chunks:
        time.sleep(0.4)
        assert not chunks
        whole = tmp_path / "whole.wav"
        write_wav(whole, seconds=0.4)
        whole.rename(file)
        wait_for(chunks, 3)
        time.sleep(0.8)  # it ends, and is heard again
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "cannot be heard" in warnings[0].message
    assert "cannot be heard" not in "".join(record.message for record in warnings[1:])
    assert any("is back" in record.message for record in caplog.records)


def write_wav(path: Path, *, seconds: float) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.full(round(16_000 * seconds), 1000, np.int16).tobytes())


def test_one_that_cannot_be_opened_is_named() -> None:
    with pytest.raises(SourceError, match="No such filter") as refused:
        next(heard("no_such_filter", input_format="lavfi"))
    assert "no_such_filter" in refused.value.message


def test_leaving_does_not_wait_for_a_microphone_that_is_missing() -> None:
    begin = time.monotonic()
    with Microphone("no_such_filter", input_format="lavfi"):
        time.sleep(0.1)
    assert time.monotonic() - begin < 1.5


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux's")
def test_listing_needs_no_microphone() -> None:
    assert all(isinstance(name, str) for name in microphones())


@pytest.fixture
def pulseaudio(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A sound server of its own, whose only microphone hears a tone; gives its environment."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    for name in ("XDG_CONFIG_HOME", "PULSE_SERVER", "ALSA_CONFIG_DIR", "ALSA_PLUGIN_DIR"):
        environment.pop(name, None)
    (home / ".asoundrc").write_text("pcm.!default { type pulse }\n")
    modules = ["module-native-protocol-unix", "module-null-sink sink_name=quiet"]
    modules += ["module-sine sink=quiet frequency=440"]
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"]
    for module in modules:
        command += ["-L", module]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while not (home / "pulse" / "native").exists():
            assert time.monotonic() < deadline, "PulseAudio does not start"
            time.sleep(0.05)
        yield environment
        server.terminate()


HEAR = """
import json, time
import test_microphone
from livecam.sources.microphone import Microphone, microphones

with Microphone() as microphone, microphone.listen() as chunks:
    sound = test_microphone.wait_for(chunks, 200)
    late_s = time.monotonic() - (chunks[-1].captured_at + chunks[-1].duration_s)
loudest = max(float(abs(chunk.samples).max()) for chunk in sound)
print(json.dumps([microphones(), test_microphone.frequency_hz(sound), loudest, late_s]))
"""


@NEEDS_PULSEAUDIO
def test_the_default_microphone_of_linux_is_heard_through_its_sound_server(
    pulseaudio: dict[str, str],
) -> None:
    environment = {**pulseaudio, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-c", HEAR], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names, frequency, loudest, late_s = json.loads(done.stdout)
    assert "default" in names
    assert frequency == pytest.approx(440, abs=10)
    assert loudest == pytest.approx(0.5, abs=0.05)
    assert -0.05 < late_s < 0.5
