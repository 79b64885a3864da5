"""Whose eyes are seen in a swapped face."""

from enum import StrEnum


class Eyes(StrEnum):
    """Whose eyes are seen."""

    TARGET = "target"
    """The target's own, which look where they look."""
    PORTRAIT = "portrait"
    """The portrait's, which look at the camera."""
