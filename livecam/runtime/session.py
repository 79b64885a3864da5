"""Sessions: a model file made ready to run. The only door to ONNX Runtime."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.errors import ModelError
from livecam.runtime.choice import Choice, choose, obey
from livecam.runtime.ort import faults, one_line, onnxruntime, short_name
from livecam.runtime.preference import default_threads

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

_directml = threading.Lock()
"""DirectML takes one run at a time, of all sessions together."""


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

    def __init__(self, path: Path, inference: Any, choice: Choice) -> None:
        self.path = path
        self.choice = choice
        """What runs the graph, and why nothing better does."""
        self._inference = inference
        self._alone = _directml if choice.provider == "dml" else nullcontext()
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
            with self._alone:
                outputs: list[NDArray[Any]] = self._inference.run(None, dict(feeds))
        except faults() as error:
            raise self._failed(error) from error
        return outputs

    def _failed(self, error: Exception) -> ModelError:
        provider = self.choice.provider
        mend = "Run `livecam models verify`; if the model is sound, it does not fit its manifest."
        if provider != "cpu":
            mend = (
                "End other programs that use its device and start again, or choose another "
                "provider: --set 'models.providers=[\"cpu\"]'."
            )
        return ModelError(
            f"The model {self.choice.model} ({self.path}) failed to run on {provider}: "
            f"{one_line(error)}",
            hint=mend,
        )

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
    path: Path,
    *,
    name: str | None = None,
    providers: Sequence[str] | None = None,
    threads: int | None = None,
) -> Session:
    """The model in the file `path`, ready to run.

    Args:
        path: An .onnx file.
        name: Of the model, for messages; None takes the file's.
        providers: Execution providers in order of choice, by short name (`cuda`, `openvino`,
            `cpu`, …); each must come up. None takes the best that really runs the model, and
            warns of better ones that fail; `Session.choice` has the reasons.
        threads: Number of threads one run may use on the CPU; None takes what suits its weight.

    Raises:
        ModelError: ONNX Runtime is not installed, the file is missing or damaged, or a provider
            that was asked for is not there or did not come up.
    """
    onnxruntime()  # that it is missing matters more than what follows
    if not path.is_file():
        raise ModelError(f"The model file {path} is not there.", hint="Run `livecam models pull`.")
    model, threads = name or path.stem, threads or default_threads(path)
    if providers:
        inference, choice = obey(path, model=model, providers=providers, threads=threads)
    else:
        inference, choice = choose(path, model=model, threads=threads)
    return Session(path, inference, choice)


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
