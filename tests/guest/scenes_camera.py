"""Scenes of cameras: vivid as a webcam, and a loopback device fed with numbered pictures."""

import json
import os
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pattern
from apparatus import (
    CAMERA,
    NOBODY,
    VIVID,
    Noted,
    raw_reader,
    running,
    shell,
    wait_until,
)

from livecam.errors import LivecamError
from livecam.frame import Frame
from livecam.pipeline.protocols import Source
from livecam.sinks.virtual_camera import VirtualCamera
from livecam.sources.camera import Camera
from livecam.sources.capture import captured
from livecam.sources.devices import camera_system, cameras, find_camera
from livecam.sources.fitted import Fitted
from livecam.sources.formats import Asked
from livecam.sources.reconnecting import Reconnecting

_ASKED = Asked(pattern.WIDTH, pattern.HEIGHT, pattern.RATE)


def webcam(folder: Path) -> dict[str, Any]:
    """A webcam is found by name and asked for a size; then each of its formats is looked at."""
    del folder
    shell("v4l2-ctl", "--device", VIVID, "--set-ctrl", "osd_text_mode=2")
    listed = [[camera.index, camera.name, camera.device, len(camera.modes)] for camera in cameras()]
    wanted = find_camera("vivid")
    sizes = {(mode.width, mode.height): [str(r) for r in mode.rates] for mode in wanted.modes}
    with closing(Camera("vivid", _ASKED).frames()) as frames:
        chosen = [_seen(frame) for frame in islice(frames, 8) if frame is not None]
    shown = {}
    for mode in wanted.modes:
        if (mode.width, mode.height) == (pattern.WIDTH, pattern.HEIGHT):
            reading = camera_system().reading(wanted, mode, rate=max(mode.rates))
            with closing(captured(reading)) as frames:
                shown[mode.pixel_format] = next(_seen(f) for f in frames if f is not None)
    return {
        "listed": listed,
        "sizes": [[*size, rates] for size, rates in sizes.items()],
        "chosen": chosen,
        "shown": shown,
    }


def refused(folder: Path) -> dict[str, Any]:
    """Cameras that do not open: in use, without rights, without a writer, not there."""
    reader = raw_reader(VIVID, folder / "theirs", 200)
    wait_until(lambda: (folder / "theirs").exists() and (folder / "theirs").stat().st_size)
    found: dict[str, Any] = {"in_use": _refusal(Camera(VIVID))}
    reader.kill()
    reader.wait()
    found["loopback_without_writer"] = _refusal(Camera("feed"))
    found["not_there"] = _refusal(Camera("/dev/video7"))
    found["unknown_name"] = _refusal(Camera("C920"))
    out = folder / "findings"
    folder.chmod(0o777)
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        out.write_text(json.dumps(_refusal(Camera("vivid"))))
        os._exit(0)
    os.waitpid(child, 0)
    return found | {"rights": json.loads(out.read_text())}


def relay(folder: Path) -> dict[str, Any]:
    """A camera with numbered pictures, through livecam, to livecam's camera."""
    feed, out = Noted(VirtualCamera("feed")), Noted(VirtualCamera())
    with running(feed):
        wait_until(lambda: len(feed.sent) > 3)
        source = Fitted(Camera("feed", _ASKED), pattern.FORMAT)
        with running(out, source):
            wait_until(lambda: len(out.sent) > 3)
            raw_reader(CAMERA, folder / "watched", 25).wait(60)
    return {"fed": feed.sent, "sent": out.sent, "indexes": out.indexes}


def unplugged(folder: Path) -> dict[str, Any]:
    """The camera is pulled out and plugged in again while a program watches livecam's."""
    source = Fitted(Reconnecting(Camera("vivid", _ASKED)), pattern.FORMAT)
    out = Noted(VirtualCamera())
    with running(out, source):
        wait_until(lambda: len(set(out.indexes)) > 5)
        watcher = raw_reader(CAMERA, folder / "watched", 60)
        away = Path(VIVID).rename("/dev/unplugged")
        shell("v4l2-ctl", "--device", str(away), "--set-ctrl", "disconnect=1")
        still = wait_until(lambda: len(out.indexes) > 20 and len(set(out.indexes[-20:])) == 1)
        last = out.indexes[-1]
        away.rename(VIVID)
        back = wait_until(lambda: out.indexes[-1] > last + 5)
        end = watcher.wait(60)
    return {"still": still, "back": back, "end": end, "indexes": out.indexes}


def _seen(frame: Frame) -> dict[str, Any]:
    image = frame.picture.to_rgb()
    return {
        "size": [frame.picture.width, frame.picture.height],
        "index": frame.index,
        "time": frame.time,
        "captured_at": frame.captured_at,
        "bars": [pattern.bars(image[..., channel]) for channel in range(3)],
    }


def _refusal(source: Source) -> list[str] | None:
    try:
        with closing(source.frames()) as frames:
            next(frame for frame in frames if frame is not None)
    except LivecamError as error:
        return [type(error).__name__, error.message, error.hint]
    return None
