"""Files that are the user's alone."""

import os
import resource
from pathlib import Path

import pytest

from livecam.private import private_folder, write_private


def test_whatever_the_mask_nobody_else_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = private_folder(tmp_path / "mine")
        write_private(folder / "file", b"secret")
    finally:
        os.umask(before)
    assert (folder / "file").read_bytes() == b"secret"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "file").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_private(file, b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_private(file, bytes(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert private_folder(tmp_path).stat().st_mode & 0o777 == 0o755
