"""livecam: a real-time face-swap virtual camera.

    files = Path("in.mp4"), Path("out.mp4")
    report = livecam.FileSwap(*files, face=Path("me.png")).run()
    print(f"{report.frames} frames, {report.unswapped} of them without a swap")

`FileSwap.run` does all at once, `FileSwap.prepare` gives the run itself, to watch or to end.
`load_settings` makes the `Settings` for it. Everything that fails raises a `LivecamError`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from livecam.errors import LivecamError

if TYPE_CHECKING:
    from livecam.build import FileSwap, Job, Report
    from livecam.settings import Settings, load_settings

__all__ = ["FileSwap", "Job", "LivecamError", "Report", "Settings", "load_settings"]

_HOMES = {"Settings": "livecam.settings", "load_settings": "livecam.settings"}


def __getattr__(name: str) -> Any:
    """Imports a name when it is first used: `import livecam` itself must cost nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'livecam' has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "livecam.build")), name)
    globals()[name] = value
    return value
