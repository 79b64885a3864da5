"""livecam: a real-time face-swap virtual camera.

    files = Path("in.mp4"), Path("out.mp4")
    report = livecam.FileSwap(*files, face=Path("me.png")).run()
    print(f"{report.frames} frames, {report.unswapped} of them without a swap")

    with livecam.Live(face=Path("me.png"), to=["virtual"]).prepare() as live:
        live.join()

`FileSwap.run` does all at once, `FileSwap.prepare` gives the run itself, to watch or to end; so
does `Live.prepare`, whose run can be changed while it goes on. `load_settings` makes the `Settings`
for both. Everything that fails raises a `LivecamError`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from livecam.errors import LivecamError

if TYPE_CHECKING:
    from livecam.build import FileSwap, Job, Report
    from livecam.live import Live, LiveRun, LiveStats
    from livecam.settings import Settings, load_settings

__all__ = [
    "FileSwap",
    "Job",
    "Live",
    "LiveRun",
    "LiveStats",
    "LivecamError",
    "Report",
    "Settings",
    "load_settings",
]

_HOMES = {"Settings": "livecam.settings", "load_settings": "livecam.settings"}
_HOMES |= dict.fromkeys(("Live", "LiveRun", "LiveStats"), "livecam.live")


def __getattr__(name: str) -> Any:
    """Imports a name when it is first used: `import livecam` itself must cost nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'livecam' has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "livecam.build")), name)
    globals()[name] = value
    return value
