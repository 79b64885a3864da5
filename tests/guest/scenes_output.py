"""Scenes of livecam's camera: who reads it, what it holds, what keeps it from opening."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pattern
import pyvirtualcam
from apparatus import (
    CAMERA,
    LOOPBACKS,
    NOBODY,
    VIVID,
    Counting,
    Noted,
    about,
    listed,
    raw_reader,
    refusal,
    running,
    shell,
    wait_until,
)

from livecam.sinks.layout import LAYOUTS
from livecam.sinks.virtual_camera import VirtualCamera


def readers(folder: Path) -> dict[str, Any]:
    """Three programs watch livecam's camera, one by one: newer drivers allow no more."""
    grab = ["-f", "v4l2", "-i", CAMERA, "-frames:v", "25", "-fps_mode", "passthrough"]
    source = ["v4l2src", f"device={CAMERA}", "num-buffers=25"]
    programs = [
        ["ffmpeg", "-v", "fatal", *grab, "-f", "rawvideo", str(folder / "ffmpeg")],
        ["gst-launch-1.0", "-q", *source, "!", "filesink", f"location={folder / 'gstreamer'}"],
    ]
    noted = Noted(VirtualCamera())
    with running(noted):
        wait_until(lambda: len(noted.sent) > 3)
        seen = about()
        ends = [subprocess.run(program, timeout=60, check=False).returncode for program in programs]
        ends.append(raw_reader(CAMERA, folder / "v4l2-ctl", 25).wait(60))
    return {"ends": ends, "sent": noted.sent, "about": seen}


def formats(folder: Path) -> dict[str, Any]:
    """A program watches another writer, then livecam, which keeps to that one's format and size."""
    found = {}
    for name, layout in LAYOUTS.items():
        kind, frames = pyvirtualcam.PixelFormat[name], folder / name
        with pyvirtualcam.Camera(*pattern.HELD, 10, fmt=kind, device=CAMERA) as writer:
            writer.send(layout(pattern.blank(*pattern.HELD)))
            watcher = raw_reader(CAMERA, frames, 12)
            while not (frames.exists() and frames.stat().st_size):
                writer.send(layout(pattern.blank(*pattern.HELD)))
                time.sleep(0.1)
        noted = Noted(VirtualCamera(CAMERA))
        with running(noted):
            end = watcher.wait(60)
            found[name] = {"end": end, "sent": noted.sent, "about": about()}
    return found


def restarts(folder: Path) -> dict[str, Any]:
    """livecam starts, stops and starts again; then it is killed while it shows."""
    found: dict[str, Any] = {"before": about(), "runs": []}
    for turn in range(3):
        noted = Noted(VirtualCamera("livecam"))
        with running(noted):
            wait_until(lambda noted=noted: len(noted.sent) > 2)
            raw_reader(CAMERA, folder / f"{turn}", 3).wait(30)
        found["runs"].append({"sent": noted.sent, "after": about()})
    killed = os.fork()
    if killed == 0:
        with VirtualCamera().open(pattern.FORMAT) as send:
            for frame in Counting().frames():
                send(frame)
    wait_until(lambda: about()["captures"])
    os.kill(killed, signal.SIGKILL)
    os.waitpid(killed, 0)
    return found | {"killed": about(), "then": refusal(VirtualCamera())}


def busy(folder: Path) -> dict[str, Any]:
    """Another program writes to the device; and devices that are none of ours."""
    moving = ["-re", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=10", "-pix_fmt", "yuv420p"]
    writer = subprocess.Popen(["ffmpeg", "-v", "fatal", *moving, "-f", "v4l2", CAMERA])
    try:
        wait_until(lambda: about()["captures"])
        found = {"refused": refusal(VirtualCamera()), "listed": listed()}
        raw_reader(CAMERA, folder / "theirs", 3).wait(30)
    finally:
        writer.terminate()
        writer.wait(10)
    return found | {
        "freed": refusal(VirtualCamera()),
        "no_such_label": refusal(VirtualCamera("nobody")),
        "real_camera": refusal(VirtualCamera(VIVID)),
    }


def rights(folder: Path) -> dict[str, Any]:
    """The user may not open the device."""
    out = folder / "findings"
    folder.chmod(0o777)
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        out.write_text(json.dumps({"refused": refusal(VirtualCamera()), "listed": listed()}))
        os._exit(0)
    os.waitpid(child, 0)
    return dict(json.loads(out.read_text()))


def absent(folder: Path) -> dict[str, Any]:
    """The module is not loaded; then what livecam advises is done."""
    del folder
    shell("modprobe", "-r", "v4l2loopback")
    refused = refusal(VirtualCamera())
    found = {"refused": refused, "listed": listed()}
    if refused:
        hint = refused[-1]
        found["said"] = shell(*hint[hint.index("modprobe") :].split())
    found["then"] = listed()
    shell("modprobe", "-r", "v4l2loopback")
    shell("modprobe", *LOOPBACKS.split())
    return found
