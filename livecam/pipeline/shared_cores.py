"""Settings of the whole process that let threads share few cores without waiting for each other."""

import sys
from threading import Lock

import cv2

SWITCH_INTERVAL_S = 0.0005
"""A thread that wants the GIL back waits this long for a busy one. Python's own 5 ms turn a
stage of 1.2 ms into one of 33 ms beside a busy Python thread."""


class SharedCores:
    """A context in which threads hand over quickly and OpenCV starts no threads of its own.

    Many may be inside at once, on any threads: the first in sets, the last out restores. There
    is one, `SHARED_CORES`, because the settings are the process's.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._interval_s = 0.0
        self._opencv_threads = 0

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._interval_s = sys.getswitchinterval()
                self._opencv_threads = cv2.getNumThreads()
                sys.setswitchinterval(SWITCH_INTERVAL_S)
                cv2.setNumThreads(1)
            self._inside += 1

    def __exit__(self, *exception: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                sys.setswitchinterval(self._interval_s)
                cv2.setNumThreads(self._opencv_threads)


SHARED_CORES = SharedCores()
