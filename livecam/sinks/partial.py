"""An output that appears under its name only when it is whole."""

import errno
import glob
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from livecam.errors import SinkError
from livecam.media.messages import ffmpeg_errors

if sys.platform != "win32":
    import fcntl

_HINTS = {
    errno.ENOSPC: "Free some space, or choose another disk for the output.",
    errno.EDQUOT: "Free some of your quota, or choose another disk for the output.",
    errno.EFBIG: "Choose a disk that takes larger files; with FAT they end at 4 GB.",
    errno.EACCES: "Choose a folder you may write to.",
    errno.EROFS: "Choose a folder that is not read-only.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}
_OTHERWISE = "Check the disk, or try another kind of output, such as one ending in .mkv."


def check_output(path: Path, *, copy_from: Path | None, overwrite: bool) -> None:
    """Refuses an output path that cannot or must not be written.

    Raises:
        SinkError: It is the input, exists already, is a folder, or its folder is missing.
    """
    with write_errors(path):
        if not path.parent.is_dir():
            raise SinkError(
                f"the folder {path.parent} does not exist",
                hint="Create it, or choose another output.",
            )
        if path.is_dir():
            raise SinkError(f"{path} is a folder", hint="Give the output a file name.")
        if not path.exists():
            return
        if copy_from is not None and copy_from.exists() and path.samefile(copy_from):
            raise SinkError(f"{path} is the input itself", hint="Give the output another name.")
    if not overwrite:
        raise SinkError(
            f"{path} exists already",
            hint="Choose another name, or allow it to be overwritten (--overwrite).",
        )


@contextmanager
def partial_file(path: Path) -> Iterator[BinaryIO]:
    """A new hidden file beside `path`, open for writing, renamed to `path` on a clean end.

    It is removed when the block is left with an exception of any kind. What a killed run left of
    `path` is removed first.

    Raises:
        SinkError: It cannot be made, finished or renamed.
    """
    before, after = f".{path.stem[:64]}.livecam-", f".part{path.suffix}"
    for left in path.parent.glob(f"{glob.escape(before)}*{glob.escape(after)}"):
        _sweep(left)
    partial = path.with_name(f"{before}{secrets.token_hex(4)}{after}")
    with write_errors(path):
        file = partial.open("xb+")
    with suppress(OSError):  # some network file systems know no locks; nothing is swept there
        _lock(file)
    try:
        yield file
        with write_errors(path):
            _finish(file, partial, path)
    except BaseException:
        with suppress(OSError):  # closing flushes, which fails again on a full disk
            file.close()
        with suppress(OSError):
            partial.unlink()
        raise


def _sweep(left: Path) -> None:
    """Removes the unfinished file `left`, unless a run that goes on still writes it."""
    with suppress(OSError):
        if os.name == "posix":
            with left.open("rb") as file:
                _lock(file)
                left.unlink()
        else:  # an open file cannot be removed there
            left.unlink()


def _lock(file: BinaryIO) -> None:
    """Marks `file` as being written until it is closed, however the process ends.

    Raises:
        OSError: Another process has marked it, or the file system knows no locks.
    """
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _finish(file: BinaryIO, partial: Path, path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    partial.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        with suppress(OSError):  # not every file system can sync a folder
            os.fsync(folder)
        os.close(folder)


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turns what goes wrong while `path` is written into an error with a hint that fits.

    Raises:
        SinkError: FFmpeg, the disk or the folder refused.
    """
    try:
        with ffmpeg_errors(SinkError, f"{path} cannot be written", hint=_OTHERWISE):
            yield
    except SinkError as e:
        if e.__cause__ is None:
            raise
        code = getattr(e.__cause__, "errno", None) or 0
        raise SinkError(e.message, hint=_HINTS.get(code, e.hint)) from e.__cause__
