"""Sessions: a model file made ready to run. The only door to ONNX Runtime."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.errors import ModelError

_log = logging.getLogger(__name__)

_PREFERENCE = ("cuda", "openvino", "coreml", "dml", "migraphx", "cpu")
"""Which provider is taken when none is asked for: the first of these that is there."""

_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """What an input or output of a graph has to be."""

    name: str
    shape: tuple[int | None, ...]
    """None is a dim of any size."""
    dtype: "np.dtype[Any]"

    def accepts(self, value: NDArray[Any]) -> bool:
        """Whether `value` has this type and a shape that fits."""
        return (
            value.dtype == self.dtype
            and len(value.shape) == len(self.shape)
            and all(
                want is None or want == got
                for want, got in zip(self.shape, value.shape, strict=True)
            )
        )

    def __str__(self) -> str:
        return f"'{self.name}' {self.dtype} {_shape_text(self.shape)}"


class Session:
    """A model ready to run; made by `open_session`. Safe to share between threads."""

    def __init__(self, path: Path, inference: Any) -> None:
        self.path = path
        self._inference = inference
        self.inputs: Mapping[str, TensorSpec] = _specs(inference.get_inputs())
        self.outputs: Mapping[str, TensorSpec] = _specs(inference.get_outputs())
        self.providers: tuple[str, ...] = tuple(map(short_name, inference.get_providers()))
        """Those that run the graph, first choice first, in livecam's short names."""

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        """The outputs, in the graph's order.

        Args:
            feeds: One array for each input, of its dtype and a shape that fits.

        Raises:
            ModelError: A feed is missing, unknown or does not fit, or the graph failed to run.
        """
        self._check(feeds)
        try:
            outputs: list[NDArray[Any]] = self._inference.run(None, dict(feeds))
        except _faults(onnxruntime()) as error:
            raise ModelError(
                f"The model {self.path} failed to run on {self.providers[0]}: {_line(error)}",
                hint="Run `livecam models verify`; if the model is sound, try another provider.",
            ) from error
        return outputs

    def _check(self, feeds: Mapping[str, NDArray[Any]]) -> None:
        if feeds.keys() == self.inputs.keys() and all(
            self.inputs[name].accepts(value) for name, value in feeds.items()
        ):
            return
        wanted = ", ".join(map(str, self.inputs.values()))
        given = ", ".join(
            f"'{name}' {value.dtype} {_shape_text(value.shape)}" for name, value in feeds.items()
        )
        raise ModelError(
            f"The model {self.path} takes {wanted}; it was given {given or 'nothing'}.",
            hint="Make [input] of the model's manifest agree with its graph.",
        )


def open_session(
    path: Path, *, providers: Sequence[str] | None = None, threads: int = 1
) -> Session:
    """The model in the file `path`, ready to run.

    Args:
        path: An .onnx file.
        providers: Execution providers in order of choice, by short name (`cuda`, `openvino`,
            `cpu`, …); each must come up. None takes the best that is there, and only warns when
            that fell back to the CPU.
        threads: Number of threads one run may use on the CPU.

    Raises:
        ModelError: ONNX Runtime is not installed, the file is missing or damaged, or a provider
            that was asked for is not there or did not come up.
    """
    runtime = onnxruntime()
    available = {short_name(name): name for name in runtime.get_available_providers()}
    wanted = _wanted(providers, available)
    if not path.is_file():
        raise ModelError(f"The model file {path} is not there.", hint="Run `livecam models pull`.")
    try:
        inference = runtime.InferenceSession(
            path,
            _session_options(runtime, threads),
            providers=[available[name] for name in wanted],
            enable_fallback=int(not providers),
        )
    except _faults(runtime) as error:
        raise ModelError(
            f"The model {path} cannot be loaded on {', '.join(wanted)}: {_line(error)}",
            hint="`livecam models verify` says whether the file is damaged, `livecam doctor` "
            "which providers work.",
        ) from error
    inference.disable_fallback()  # else a provider that fails later is left for the CPU, unsaid
    session = Session(path, inference)
    _report_fallback(session, wanted, asked=bool(providers))
    return session


def onnxruntime() -> ModuleType:
    """ONNX Runtime itself.

    Raises:
        ModelError: It is not installed, or does not load.
    """
    try:
        import onnxruntime as runtime  # noqa: PLC0415 – optional, and slow to import
    except ImportError as error:
        raise ModelError(
            f"ONNX Runtime does not load ({_line(error)}); livecam runs its models with it.",
            hint="Install exactly one: pip install 'livecam[cpu]', 'livecam[gpu]' or "
            "'livecam[openvino]'.",
        ) from error
    module: ModuleType = runtime
    return module


def short_name(provider: str) -> str:
    """The short name of an execution provider: `CUDAExecutionProvider` is `cuda`."""
    return provider.removesuffix("ExecutionProvider").lower()


def default_providers(available: Collection[str]) -> tuple[str, ...]:
    """The providers to use when none is asked for, by short name: the best there is, then cpu."""
    best = next((name for name in _PREFERENCE if name in available), "cpu")
    return (best,) if best == "cpu" else (best, "cpu")


def _wanted(providers: Sequence[str] | None, available: Collection[str]) -> tuple[str, ...]:
    wanted = tuple(providers or ()) or default_providers(available)
    for name in wanted:
        if name not in available:
            raise ModelError(
                f"The execution provider '{name}' is not in this ONNX Runtime, which has "
                f"{', '.join(sorted(available))}.",
                hint="Choose one of those, or run `livecam doctor` to see what would bring it.",
            )
    return wanted


def _session_options(runtime: ModuleType, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads take the cores that decode, warp and encode.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


def _report_fallback(session: Session, wanted: Sequence[str], *, asked: bool) -> None:
    """A graph that quietly runs on the CPU is a defect: refused if asked for, else said."""
    missing = [name for name in wanted if name not in session.providers]
    if not missing:
        return
    message = (
        f"The execution provider {', '.join(missing)} did not come up for {session.path.name}; "
        f"it would run on {', '.join(session.providers)}."
    )
    hint = "Run `livecam doctor` to see why."
    if asked:
        raise ModelError(message, hint=hint)
    _log.warning("%s %s", message, hint)


def _faults(runtime: ModuleType) -> tuple[type[Exception], ...]:
    """Everything ONNX Runtime raises; its error classes have no common base."""
    state = runtime.capi.onnxruntime_pybind11_state
    own = (kind for kind in vars(state).values() if isinstance(kind, type))
    return (
        RuntimeError,
        ValueError,
        *(kind for kind in own if issubclass(kind, Exception)),
    )


def _specs(arguments: Sequence[Any]) -> dict[str, TensorSpec]:
    return {
        argument.name: TensorSpec(
            name=argument.name,
            shape=tuple(dim if isinstance(dim, int) else None for dim in argument.shape),
            dtype=np.dtype(_DTYPES.get(argument.type, np.object_)),
        )
        for argument in arguments
    }


def _shape_text(shape: Sequence[int | None]) -> str:
    return "(" + " × ".join("any" if dim is None else str(dim) for dim in shape) + ")"


def _line(error: Exception) -> str:
    """What a foreign error says, on one line."""
    return " ".join(str(error).split())
