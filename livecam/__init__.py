"""livecam: a real-time face-swap virtual camera.

    import livecam
    report = livecam.swap_file("in.mp4", "out.mp4", face="me.png")
    print(f"{report.frames} frames, {report.unswapped} of them without a swap")

`swap_file` does all at once. `swap_job` gives the run itself, to watch or to end. `load_settings`
makes the `Settings` that both take. Everything that fails raises a `LivecamError`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from livecam.errors import LivecamError

if TYPE_CHECKING:
    from livecam.build import Job, Report, swap_file, swap_job
    from livecam.settings import Settings, load_settings

__all__ = ["Job", "LivecamError", "Report", "Settings", "load_settings", "swap_file", "swap_job"]

_HOMES = {"Settings": "livecam.settings", "load_settings": "livecam.settings"}


def __getattr__(name: str) -> Any:
    """Imports a name when it is first used: `import livecam` itself must cost nothing."""
    if name not in __all__:
        raise AttributeError(f"module 'livecam' has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "livecam.build")), name)
    globals()[name] = value
    return value
