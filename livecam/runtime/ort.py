"""ONNX Runtime itself, which may be absent, and its ways of saying things."""

import logging
import os
import re
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from types import ModuleType

from livecam.errors import ModelError

_log = logging.getLogger(__name__)

_LONGEST_REASON = 240
_REMOTE = "azure"
"""Listed by every ONNX Runtime, but calls a web service: none of our business."""


def onnxruntime() -> ModuleType:
    """ONNX Runtime itself, which keeps what it sees to itself.

    Its wheels tell their maker about sessions, unless this variable is there when they load.

    Raises:
        ModelError: It is not installed, or does not load.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    try:
        import onnxruntime as runtime  # noqa: PLC0415 – optional, and slow to import
    except ImportError as error:
        raise ModelError(
            f"ONNX Runtime does not load ({one_line(error)}); livecam runs its models with it.",
            hint="Install exactly one: pip install 'livecam[cpu]', 'livecam[gpu]' or "
            "'livecam[openvino]'.",
        ) from error
    runtime.disable_telemetry_events()  # for where somebody else loaded it before
    module: ModuleType = runtime
    return module


def available_providers() -> dict[str, str]:
    """Full names of the execution providers in this ONNX Runtime, by short name.

    Raises:
        ModelError: ONNX Runtime is not installed, or does not load.
    """
    names = {short_name(name): name for name in onnxruntime().get_available_providers()}
    return {short: name for short, name in names.items() if short != _REMOTE}


def short_name(provider: str) -> str:
    """The short name of an execution provider: `CUDAExecutionProvider` is `cuda`."""
    return provider.removesuffix("ExecutionProvider").lower()


@cache
def preload_libraries() -> None:
    """Loads the CUDA and cuDNN that pip brought, which no loader finds by itself."""
    said = StringIO()
    with redirect_stdout(said):  # it prints what it misses; the provider says so again
        onnxruntime().preload_dlls()
    if said.getvalue():
        _log.debug("ONNX Runtime preloads: %s", one_line(said.getvalue()))


def faults() -> tuple[type[Exception], ...]:
    """Everything ONNX Runtime raises; its error classes have no common base."""
    state = onnxruntime().capi.onnxruntime_pybind11_state
    own = (kind for kind in vars(state).values() if isinstance(kind, type))
    return (
        RuntimeError,
        ValueError,
        *(kind for kind in own if issubclass(kind, Exception)),
    )


def one_line(said: object) -> str:
    """What a foreign error says, on one line."""
    return " ".join(str(said).split())


def reason(said: object) -> str:
    """The gist of what a foreign error says, on one line of bounded length."""
    line = re.sub(r"^.*?\[ONNXRuntimeError\] : \d+ : \w+ : ", "", one_line(said))
    if len(line) <= _LONGEST_REASON:
        return line
    # Errors of C++ begin with where they were thrown and end with why.
    return "… " + line[-_LONGEST_REASON:].split(" ", maxsplit=1)[-1]
