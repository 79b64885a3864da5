"""What a benchmark gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """One table of results."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
