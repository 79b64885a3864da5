"""Freed memory goes back to the system."""

import platform
import resource
from pathlib import Path

import pytest

from livecam.runtime.heap import give_back


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to")
def test_what_is_freed_below_what_is_held_goes_back() -> None:
    blocks = [b"x" * 100_000 for _ in range(2000)]
    held = blocks[-1]
    del blocks
    before = resident_mb()
    give_back()
    assert before - resident_mb() > 100
    assert len(held) == 100_000
