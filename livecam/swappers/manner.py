"""How a face is worn: what a person may choose of it."""

from dataclasses import dataclass

from livecam.swappers.eyes import Eyes

AS_MADE = 0.75
"""The strength at which a learned model gives the likeness it was made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a face is worn; each swapper keeps to what it can."""

    strength: float = AS_MADE
    """How far the swap goes towards the portrait, 0–2."""
    eyes: Eyes = Eyes.TARGET
    """Whose eyes are seen."""
    boost: int = 1
    """How many times finer along each side than its model a learned swapper works."""
    morph: float = 0.75
    """How far a file that morphs goes towards its face, 0–1."""
    whole: bool = False
    """Whether a swap through which the target shows is none."""
