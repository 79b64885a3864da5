"""What comes back from the guest."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Scene:
    """What was found in one scene."""

    found: dict[str, Any]
    folder: Path
    """Where its raw frames are."""
