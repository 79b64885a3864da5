"""The sound of a live output: moved to where its pictures are, and never with a gap."""

import numpy as np

from livecam.frame import Frame
from livecam.media.sound import CHANNELS, RATE_HZ, AudioChunk, Samples

BLOCK = 1024
"""Samples an AAC encoder takes at once."""
_SETTLING_S = 1.0
_CUT_S = 0.06
"""Sound that is further from its place is cut or padded; nearer, it is stretched."""
_NEAR_S = 0.002
_MAX_STRETCH = 0.02
_AVERAGED_FRAMES = 30


class VideoLatency:
    """How long pictures take from the camera to the output, averaged; repeats do not count."""

    def __init__(self) -> None:
        self._index: int | None = None
        self._frames = 0
        self.seconds = 0.0
        """The average, s; 0 before the first frame."""

    def measure(self, frame: Frame) -> None:
        """Takes in one frame as it goes out; its time is that of the output's clock.

        A negative index is a picture that was never captured.
        """
        if frame.index < 0 or frame.index == self._index:
            return
        self._index = frame.index
        self._frames = min(self._frames + 1, _AVERAGED_FRAMES)
        latency_s = frame.time - frame.captured_at
        self.seconds += (latency_s - self.seconds) / self._frames


class Soundtrack:
    """One sound without gaps, out of chunks that come when they come.

    Every chunk has a place, given by when it was heard and how late the pictures are. A small
    distance between that place and the end of what there is already is taken up slowly, by
    stretching; a large one, or one after silence, at once, with silence or a cut. Where no sound
    comes there is silence.

    Args:
        start: What is time 0 of the output, s as `time.monotonic()` tells it.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self._end = 0
        """How many samples have been placed."""
        self._flowing = False
        """The next sample goes on from the one before: nobody is to hear a step."""
        self._waiting: list[Samples] = []

    def add(self, chunk: AudioChunk, *, delay_s: float) -> None:
        """Places `chunk`, to be heard `delay_s` after it was."""
        samples = chunk.samples
        place = round((chunk.captured_at + delay_s - self._start) * RATE_HZ)
        ahead = place - self._end
        if not self._flowing or abs(ahead) > _CUT_S * RATE_HZ:
            self._pad(ahead)
            samples = samples[:, max(0, -ahead) :]
            self._flowing = False
        elif abs(ahead) > _NEAR_S * RATE_HZ:
            samples = _stretched(samples, ahead)
        if samples.shape[1]:
            self._append(samples)
            self._flowing = True

    def fill(self, until_s: float) -> None:
        """Makes sure there is sound up to `until_s` of the output's time: silence, if no other."""
        self._pad(round(until_s * RATE_HZ) - self._end)

    def blocks(self) -> list[Samples]:
        """The whole blocks that have not been taken yet, in order."""
        if not self._waiting:
            return []
        waiting = np.concatenate(self._waiting, axis=1)
        whole = waiting.shape[1] // BLOCK * BLOCK
        self._waiting = [waiting[:, whole:]]
        return [waiting[:, at : at + BLOCK] for at in range(0, whole, BLOCK)]

    def _pad(self, count: int) -> None:
        if count > 0:
            self._append(np.zeros((CHANNELS, count), np.float32))
            self._flowing = False

    def _append(self, samples: Samples) -> None:
        self._waiting.append(samples)
        self._end += samples.shape[1]


def _stretched(samples: Samples, ahead: int) -> Samples:
    """`samples` a little longer or shorter, so that a distance of `ahead` samples melts away."""
    count = samples.shape[1]
    most = max(1, round(_MAX_STRETCH * count))
    change = round(ahead * count / (_SETTLING_S * RATE_HZ))
    change = max(-most, min(most, change or (1 if ahead > 0 else -1)))
    if count + change < 1:
        return samples
    at = np.linspace(0, count - 1, count + change)
    return np.stack([np.interp(at, np.arange(count), channel) for channel in samples]).astype(
        np.float32
    )
