"""Which execution providers this machine has, which of them work, and why the others do not."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import TensorProto, helper

from livecam.errors import ModelError
from livecam.runtime.session import default_providers, onnxruntime, open_session, short_name

_BROUGHT_BY = {
    "cpu": "livecam[cpu]",
    "cuda": "livecam[gpu]",
    "openvino": "livecam[openvino]",
}
_DISTRIBUTION = re.compile(r"onnxruntime(-(gpu|openvino|directml|silicon|rocm|migraphx|qnn))?")
_REMOTE = "azure"
"""Listed by every ONNX Runtime, but calls a web service: none of our business."""
_PATIENCE_S = 60


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
    """The one that is taken by default comes first."""


def examine() -> RuntimeReport:
    """What is installed and what of it works; every provider runs a tiny graph to show it."""
    distributions = installed_runtimes()
    try:
        available = [short_name(name) for name in onnxruntime().get_available_providers()]
    except ModelError as error:
        return RuntimeReport(distributions, " ".join(str(error).split()), ())
    problem = ""
    if len(distributions) > 1:
        problem = f"{', '.join(distributions)} are installed at once and break each other; keep one"
    first = default_providers(available)
    others = [name for name in available if name not in first and name != _REMOTE]
    states = [_try_out(name) for name in (*first, *others)]
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


def run_tiny_graph(path: Path, provider: str) -> None:
    """Adds one to a number with the graph at `path`, on `provider`.

    Raises:
        ModelError: The provider does not come up, or gives a wrong sum.
    """
    (total,) = open_session(path, providers=[provider]).run({"x": np.ones(1, np.float32)})
    if total.tolist() != [2.0]:
        raise ModelError(
            f"The execution provider '{provider}' adds 1 and 1 to {total.tolist()}.",
            hint="Update its driver, or use another provider.",
        )


def _try_out(name: str) -> ProviderState:
    """Runs the tiny graph in a process of its own: a broken driver may take it down."""
    with TemporaryDirectory(prefix="livecam-") as folder:
        graph = Path(folder) / "tiny.onnx"
        onnx.save(_tiny_model(), graph)
        command = [sys.executable, "-P", "-m", __name__, str(graph), name]
        try:
            child = subprocess.run(
                command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
            )
        except subprocess.TimeoutExpired:
            return ProviderState(name, works=False, reason=f"no answer within {_PATIENCE_S} s")
    if child.returncode == 0:
        return ProviderState(name, works=True, reason="")
    return ProviderState(name, works=False, reason=_reason(child.returncode, child.stderr))


def _reason(returncode: int, stderr: str) -> str:
    """The line that tells most: ONNX Runtime's own error, else the last thing that was said."""
    if returncode < 0:
        return f"it took its process down (signal {-returncode})"
    plain = re.sub(r"\x1b\[[\d;]*m", "", stderr)
    logged = re.findall(r"\[E:onnxruntime:[^\]]*\] (.+)", plain)
    said = [line for line in plain.splitlines() if line.strip()]
    line = logged[0] if logged else said[-1] if said else f"exit status {returncode}"
    return re.sub(r"^.*\[ONNXRuntimeError\] : \d+ : \w+ : ", "", line).strip()


def _lacking(name: str) -> ProviderState:
    reason = f"not in the installed ONNX Runtime; pip install '{_BROUGHT_BY[name]}' brings it"
    return ProviderState(name, works=False, reason=reason)


def _tiny_model() -> onnx.ModelProto:
    return helper.make_model(
        helper.make_graph(
            [helper.make_node("Add", ["x", "x"], ["sum"])],
            "tiny",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
            [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1])],
        ),
        ir_version=8,
        opset_imports=[helper.make_opsetid("", 13)],
    )


def _main(arguments: Sequence[str]) -> None:
    path, provider = arguments
    try:
        run_tiny_graph(Path(path), provider)
    except ModelError as error:
        raise SystemExit(error.message) from error


if __name__ == "__main__":
    _main(sys.argv[1:])
