"""One execution provider, tried in a process of its own: a broken driver may take it down."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import TensorProto, helper

from livecam.errors import ModelError
from livecam.runtime.ort import (
    available_providers,
    faults,
    one_line,
    onnxruntime,
    preload_libraries,
    reason,
    short_name,
)
from livecam.runtime.preference import provider_options

_PATIENCE_S = 60


_found: dict[str, str] = {}
"""What `why_not` found out: drivers do not mend while a process runs."""


def why_not(provider: str) -> str:
    """Why the execution provider cannot run even a tiny graph, in one line; empty when it can.

    Args:
        provider: Its short name; one of those that this ONNX Runtime has.
    """
    if provider not in _found:
        _found[provider] = _try_out(provider)
    return _found[provider]


def known_fault(provider: str) -> str:
    """What `why_not` found out before, if it did."""
    return _found.get(provider, "")


def _try_out(provider: str) -> str:
    with TemporaryDirectory(prefix="livecam-") as folder:
        graph = Path(folder) / "tiny.onnx"
        onnx.save(_tiny_model(), graph)
        name = available_providers()[provider]
        command = [sys.executable, "-P", "-m", __name__, str(graph), name]
        try:
            child = subprocess.run(
                command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
            )
        except subprocess.TimeoutExpired:
            return f"no answer within {_PATIENCE_S} s"
    return "" if child.returncode == 0 else _told(child.returncode, child.stderr)


def _told(returncode: int, stderr: str) -> str:
    """The line that tells most: ONNX Runtime's own error, else the last thing that was said."""
    if returncode < 0:
        return f"it took its process down (signal {-returncode})"
    plain = re.sub(r"\x1b\[[\d;]*m", "", stderr)
    logged = re.findall(r"\[E:onnxruntime:[^\]]*\] (.+)", plain)
    said = [line for line in plain.splitlines() if line.strip()]
    return reason(logged[0] if logged else said[-1] if said else f"exit status {returncode}")


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


def _add(path: Path, name: str) -> None:
    """Adds one and one with the graph at `path`; exits with words if the provider does not."""
    provider = short_name(name)
    if provider in {"cuda", "tensorrt"}:
        preload_libraries()
    options = provider_options(provider, threads=1, heavy=False, engines=path.parent)
    session = onnxruntime().InferenceSession(path, providers=[(name, options)], enable_fallback=0)
    if session.get_providers()[0] != name:
        raise SystemExit("it did not come up and did not say why")
    (total,) = session.run(None, {"x": np.ones(1, np.float32)})
    if total.tolist() != [2.0]:
        raise SystemExit(f"it adds 1 and 1 to {total.tolist()}")


def _main(arguments: Sequence[str]) -> None:
    path, name = arguments
    try:
        _add(Path(path), name)
    except ModelError as error:
        raise SystemExit(error.message) from error
    except faults() as error:
        raise SystemExit(one_line(error)) from error


if __name__ == "__main__":
    _main(sys.argv[1:])
