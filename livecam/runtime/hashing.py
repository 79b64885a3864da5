"""SHA-256 of files of any size, none of which is ever in memory whole."""

import hashlib
from pathlib import Path
from typing import IO

_CHUNK = 1 << 18


def digest(file: Path) -> str:
    """The SHA-256 of `file`.

    Raises:
        OSError: It cannot be read.
    """
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def copy(source: IO[bytes], target: Path) -> str:
    """The SHA-256 of what `source` has to the end, once it is in `target`.

    Raises:
        OSError: The one cannot be read or the other not written.
    """
    seen = hashlib.sha256()
    with target.open("wb") as file:
        while piece := source.read(_CHUNK):
            seen.update(piece)
            file.write(piece)
    return seen.hexdigest()
