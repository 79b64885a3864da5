"""Which execution providers this machine has, which of them work, and why the others do not."""

import re
import sys
from dataclasses import dataclass
from importlib import metadata

from livecam.errors import ModelError
from livecam.runtime.ort import available_providers
from livecam.runtime.preference import ranked
from livecam.runtime.tryout import why_not

_BROUGHT_BY = {
    "cpu": "cpu",
    **({"coreml": "cpu"} if sys.platform == "darwin" else {"cuda": "gpu", "openvino": "openvino"}),
    **({"dml": "directml"} if sys.platform == "win32" else {}),
    **({"migraphx": "migraphx"} if sys.platform == "linux" else {}),
}
"""The extra of livecam whose ONNX Runtime has the provider, of those there are for this system."""

_DISTRIBUTION = re.compile(r"onnxruntime(-(gpu|openvino|directml|silicon|rocm|migraphx|qnn))?")


@dataclass(frozen=True, slots=True)
class ProviderState:
    """Whether an execution provider can be used."""

    name: str
    """The short name that settings take."""
    works: bool
    reason: str
    """One line that says why it does not work; empty when it does."""


@dataclass(frozen=True, slots=True)
class RuntimeReport:
    """What `livecam doctor` says of ONNX Runtime."""

    distributions: tuple[str, ...]
    """Installed ones as `name version`; two of them overwrite each other's files."""
    problem: str
    """One line that says what is wrong with the installation; empty when nothing is."""
    providers: tuple[ProviderState, ...]
    """In the order in which livecam tries them for a model; those it leaves to the user last."""


def examine() -> RuntimeReport:
    """What is installed and what of it works; every provider runs a tiny graph to show it."""
    distributions = installed_runtimes()
    try:
        available = available_providers()
    except ModelError as error:
        return RuntimeReport(distributions, error.in_one_line, ())
    problem = ""
    if len(distributions) > 1:
        problem = f"{', '.join(distributions)} are installed at once and break each other; keep one"
    tried = ranked(available)
    others = [name for name in available if name not in tried]
    states = [_try_out(name) for name in (*tried, *others)]
    states += [_lacking(name) for name in _BROUGHT_BY if name not in available]
    return RuntimeReport(distributions, problem, tuple(states))


def installed_runtimes() -> tuple[str, ...]:
    """The installed distributions of ONNX Runtime as `name version`; there should be one."""
    return tuple(
        sorted(
            {
                f"{distribution.name} {distribution.version}"
                for distribution in metadata.distributions()
                if _DISTRIBUTION.fullmatch(distribution.name or "")
            }
        )
    )


def _try_out(name: str) -> ProviderState:
    reason = why_not(name)
    return ProviderState(name, works=not reason, reason=reason)


def _lacking(name: str) -> ProviderState:
    reason = (
        f"not in the installed ONNX Runtime; pip install 'livecam[{_BROUGHT_BY[name]}]' brings it"
    )
    return ProviderState(name, works=False, reason=reason)
