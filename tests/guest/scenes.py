"""What is played inside the guest: `python scenes.py NAME…`, findings as lines of JSON.

Every scene is a function of the folder for its raw frames; what it returns is judged on the host,
where arithmetic is cheap.
"""

import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apparatus import LOOPBACKS, WEBCAM, shell
from scenes_browser import browser
from scenes_camera import refused, relay, unplugged, webcam
from scenes_command import live_command
from scenes_output import absent, busy, formats, readers, restarts, rights

RESULTS = Path("/run/results")
_CAMERAS = (webcam, refused, relay, unplugged)
_OUTPUT = (readers, formats, restarts, busy, rights, absent, browser, live_command)
SCENES: dict[str, Callable[[Path], dict[str, Any]]] = {
    scene.__name__: scene for scene in (*_CAMERAS, *_OUTPUT)
}


def main(names: list[str]) -> None:
    """Plays the scenes one after the other; what fails does not stop the rest."""
    for module in (LOOPBACKS, WEBCAM):
        sys.stdout.write(shell("modprobe", *module.split()))
    with (RESULTS / "findings").open("w", buffering=1) as lines:
        for name in names:
            folder = RESULTS / name
            folder.mkdir()
            start = time.monotonic()
            try:
                findings = {"found": SCENES[name](folder)}
            except Exception:  # noqa: BLE001 – one scene's failure must not cost the others
                findings = {"failed": traceback.format_exc()}
            took = round(time.monotonic() - start, 1)
            lines.write(json.dumps({"scene": name, "took_s": took, **findings}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
