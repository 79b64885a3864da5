"""Files that are the user's alone: nobody else can read them, and they are written whole or not."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from filelock import FileLock


def private_folder(folder: Path) -> Path:
    """`folder`, made for the user alone if it was not there.

    Raises:
        OSError: It cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def alone_with(file: Path) -> FileLock:
    """A context in which no other process is there with `file`, to read it and write it anew."""
    return FileLock(file.with_name(f".{file.name}.lock"), mode=0o600)


def write_private(file: Path, content: bytes) -> None:
    """Writes `file`, readable by the user alone; who reads meanwhile gets the old or the new one.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    descriptor, name = mkstemp(dir=file.parent, prefix=f".{file.name}-")  # is the user's alone
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        written.replace(file)
    except BaseException:
        with suppress(OSError):
            written.unlink()
        raise
