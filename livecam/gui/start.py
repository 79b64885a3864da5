"""Qt's start. What it misses is said as an error; left to itself Qt ends the whole program."""

import os
import re
import sys
from collections.abc import Sequence
from ctypes import CDLL
from typing import TYPE_CHECKING

from livecam.errors import SinkError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_LIBRARIES = (
    "libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libwayland-cursor0"
)
_INSTALL = f"On Debian and Ubuntu: sudo apt-get install {_LIBRARIES}"
_SCREENS = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
"""Qt's platforms on Linux, and the variables that say that there is a screen for them."""
_NOWHERE = "offscreen"


def start() -> "QApplication":
    """The application that every window needs, made by the first call.

    Raises:
        SinkError: PySide6 or a system library is not here, or there is no screen.
    """
    try:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - need not be installed
    except ModuleNotFoundError as error:
        raise SinkError(
            "A window needs PySide6, which is not installed.",
            hint="Install it with: pip install 'livecam[app]'",
        ) from error
    except ImportError as error:
        raise _missing(str(error)) from error
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    application = _start_on_linux() if sys.platform == "linux" else QApplication(["livecam"])
    application.setApplicationDisplayName("")  # titles say it themselves
    application.setQuitOnLastWindowClosed(False)  # a run may go on without its window
    return application


def _start_on_linux() -> "QApplication":
    from PySide6.QtCore import qInstallMessageHandler  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    there = [name for name, variable in _SCREENS.items() if os.environ.get(variable)]
    platforms = os.environ.get("QT_QPA_PLATFORM") or ";".join(there)
    if not platforms:
        raise _no_screen("neither DISPLAY nor WAYLAND_DISPLAY is set")
    said: list[str] = []
    qInstallMessageHandler(lambda _kind, _context, message: said.append(message))
    # Where no platform works Qt aborts; the one that always does is there to prevent that.
    application = QApplication(["livecam", "-platform", f"{platforms};{_NOWHERE}"])
    qInstallMessageHandler(None)
    if application.platformName() == _NOWHERE and _NOWHERE not in platforms:
        error = _why_nowhere(platforms.split(";"), said)
        application.shutdown()
        raise error
    return application


def _why_nowhere(platforms: Sequence[str], said: Sequence[str]) -> SinkError:
    from PySide6.QtCore import QPluginLoader  # noqa: PLC0415

    for platform in platforms:
        plugin = QPluginLoader(f"platforms/libq{platform.partition(':')[0]}.so").fileName()
        try:
            if plugin:
                CDLL(plugin)
        except OSError as error:
            return _missing(str(error))
    return _no_screen(said[0] if said else f"Qt opens nothing on {', '.join(platforms)}")


def _missing(why: str) -> SinkError:
    library = re.search(r"(lib[\w+.-]+?\.so[.\d]*): cannot open", why)
    what = f"the system library {library[1]}, which is not here" if library else f"more: {why}"
    return SinkError(f"A window needs {what}.", hint=_INSTALL)


def _no_screen(why: str) -> SinkError:
    return SinkError(
        f"There is no screen for a window: {why.strip()}.",
        hint="Start livecam in a desktop session; all but windows works without one.",
    )
