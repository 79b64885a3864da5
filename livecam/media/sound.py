"""Sound on its way from a microphone to the outputs that carry it."""

from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

RATE_HZ = 48_000
CHANNELS = 2

Samples = npt.NDArray[np.float32]
"""float32 (2, n), -1 to 1: left and right at 48 kHz."""


@dataclass(frozen=True, slots=True, eq=False)
class AudioChunk:
    """A short piece of sound with its place in time."""

    samples: Samples
    captured_at: float
    """`time.monotonic()` when its first sample was heard, s."""

    @property
    def duration_s(self) -> float:
        """How long it sounds, s."""
        return float(self.samples.shape[1] / RATE_HZ)


Chunks = deque[AudioChunk]
"""What one listener has not taken yet, oldest first; the oldest goes when too many wait."""


class Sound(Protocol):
    """What can be listened to, by any number at once."""

    def listen(self) -> AbstractContextManager[Chunks]:
        """A context in which chunks come in as they are heard, on another thread.

        While nothing is heard, because the device is missing or gone, none come.
        """
