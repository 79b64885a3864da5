"""The scene of the command itself: from a webcam to livecam's camera, with the default models."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from apparatus import CAMERA, VIVID, about, raw_reader, shell, wait_until

_ROOT = Path(__file__).parent.parent.parent
_COMMAND = (
    f"{Path(sys.executable).with_name('livecam')} live --camera vivid --to virtual --size 320x180 "
    "--fps 5 --on-lost pass --label off --stats json --yes-i-have-consent --face"
).split()


def live_command(folder: Path) -> dict[str, Any]:
    """`livecam live` starts, shows what its camera sees, and ends when it is interrupted."""
    shell("v4l2-ctl", "--device", VIVID, "--set-ctrl", "osd_text_mode=2")
    with (folder / "stats").open("w") as stats, (folder / "said").open("w") as said:
        words = [*_COMMAND, str(_ROOT / "assets" / "portrait_c.png")]
        live = subprocess.Popen(words, stdout=stats, stderr=said)
        try:
            shows = wait_until(lambda: about()["captures"] or live.poll() is not None, for_s=240)
            if live.poll() is None:
                raw_reader(CAMERA, folder / "watched", 10).wait(30)
            seen = about()
            live.send_signal(signal.SIGINT)
            end = live.wait(30)
        finally:
            live.kill()
    text = (folder / "said").read_text()
    return {"shows": shows, "about": seen, "end": end, "then": about(), "said": text}
