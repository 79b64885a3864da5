"""What comes back from the guest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Scene:
    """What was found in one scene."""

    found: dict[str, Any]
    folder: Path
    """Where its raw frames are."""


def is_within(some: Sequence[int], whole: Sequence[int]) -> bool:
    """Whether all of `some` occur in `whole`, in its order and no more often."""
    rest = iter(whole)
    return all(one in rest for one in some)
