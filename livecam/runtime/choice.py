"""The choice of an execution provider for a model: the best that really runs it, with reasons."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from livecam.errors import ModelError
from livecam.runtime.ort import (
    available_providers,
    faults,
    onnxruntime,
    preload_libraries,
    reason,
    short_name,
)
from livecam.runtime.preference import (
    companions,
    engines_folder,
    has_engine,
    held_back,
    is_heavy,
    lowered_precision,
    provider_options,
    ranked,
)
from livecam.runtime.tryout import known_fault, why_not

_log = logging.getLogger(__name__)

_FATAL = 4
"""Of ONNX Runtime's severities: what it logs as an error it raises as well, or `why_not` tells."""


class Why(Enum):
    """What speaks against an execution provider."""

    RULE = "rule"
    """It would work, but does not pay for this model."""
    MODEL = "model"
    """It works, but not with this model."""
    MACHINE = "machine"
    """It does not work on this machine."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A better execution provider that was there and does not run the model."""

    provider: str
    """Its short name."""
    why: Why
    reason: str
    """In one line."""

    def __str__(self) -> str:
        return f"not on {self.provider}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which execution provider runs a model, and why no better one does."""

    model: str
    """Its name."""
    provider: str
    """Its short name."""
    precision: str | None
    """What it computes in, such as bf16; None keeps to that of the model."""
    refused: tuple[Refusal, ...]
    """Best first; empty where the user named the providers."""
    nodes: int
    """How many the graph has."""
    nodes_elsewhere: int
    """Those of them that `provider` leaves to another; shape arithmetic is best on the CPU."""

    def __str__(self) -> str:
        where = f"on {self.provider}" + (f" in {self.precision}" if self.precision else "")
        if self.nodes_elsewhere:
            where += f" (but {self.nodes_elsewhere} of {self.nodes} nodes)"
        return "; ".join([where, *map(str, self.refused)])


def choose(path: Path, *, model: str, threads: int) -> tuple[Any, Choice]:
    """ONNX Runtime's session for the file `path` on the best provider, and how it was chosen.

    Args:
        path: An .onnx file.
        model: Its name.
        threads: Number of CPU threads of one run.

    Raises:
        ModelError: Not even the CPU runs it.
    """
    available = available_providers()
    refused: list[Refusal] = []
    for provider in ranked(available):
        inference = _attempt(path, provider, available, threads=threads)
        if isinstance(inference, Refusal):
            refused.append(inference)
        else:
            choice = _choice(inference, path, model, provider, refused)
            _report(choice)
            return inference, choice
    raise ModelError(
        f"The model {path} finds no execution provider in this ONNX Runtime, which has "
        f"{', '.join(sorted(available))}.",
        hint="Run `livecam doctor` to see what would bring one.",
    )


def _attempt(path: Path, provider: str, available: Collection[str], *, threads: int) -> Any:
    """ONNX Runtime's session on `provider`, or the `Refusal` that says why there is none."""
    if held := held_back(provider, path):
        return Refusal(provider, Why.RULE, held)
    if fault := known_fault(provider):  # a driver that crashes must not do so in here
        return Refusal(provider, Why.MACHINE, fault)
    try:
        inference = _start(path, (provider, *companions(provider, available)), threads=threads)
    except faults() as error:
        if provider == "cpu":
            raise _cannot_load(path, ["cpu"], error) from error
        return _refusal(provider, reason(error))
    lack = _lack(inference, provider)
    return _refusal(provider, lack) if lack else inference


def obey(path: Path, *, model: str, providers: Sequence[str], threads: int) -> tuple[Any, Choice]:
    """ONNX Runtime's session for the file `path` on `providers`, each of which must come up.

    Args:
        path: An .onnx file.
        model: Its name.
        providers: Short names, in order of choice.
        threads: Number of CPU threads of one run.

    Raises:
        ModelError: One is not there or does not come up, or the file is damaged.
    """
    available = available_providers()
    for provider in providers:
        if provider not in available:
            raise ModelError(
                f"The execution provider '{provider}' is not in this ONNX Runtime, which has "
                f"{', '.join(sorted(available))}.",
                hint="Choose one of those, or run `livecam doctor` to see what would bring it.",
            )
    try:
        inference = _start(path, providers, threads=threads)
    except faults() as error:
        raise _cannot_load(path, providers, error) from error
    _demand(inference, path, providers)
    choice = _choice(inference, path, model, providers[0], ())
    if lack := _lack(inference, providers[0]):
        _log.warning("The model %s is hardly on %s: %s.", model, providers[0], lack)
    _log.debug("%s runs %s", model, choice)
    return inference, choice


def _demand(inference: Any, path: Path, providers: Sequence[str]) -> None:
    """Raises a ModelError where one of `providers` did not come up."""
    running = tuple(map(short_name, inference.get_providers()))
    for provider in providers:
        if provider not in running:
            raise ModelError(
                f"The execution provider {provider} did not come up for {path.name}, which would "
                f"run on {', '.join(running)}: {why_not(provider) or 'it did not say why'}",
                hint="Mend what it names, or leave it out of models.providers; `livecam doctor` "
                "says what works.",
            )


def _start(path: Path, providers: Sequence[str], *, threads: int) -> Any:
    """A session of ONNX Runtime, which may have left providers out."""
    runtime, names = onnxruntime(), available_providers()
    runtime.set_default_logger_severity(_FATAL)
    if "cuda" in providers:
        preload_libraries()
    if "tensorrt" in providers:
        _prepare_engine(path)
    engines, heavy = engines_folder(path), is_heavy(path)
    return runtime.InferenceSession(
        path,
        _session_options(threads, providers),
        providers=[
            (
                names[provider],
                provider_options(provider, threads=threads, heavy=heavy, engines=engines),
            )
            for provider in providers
        ],
        enable_fallback=0,  # nor leaves one for the CPU later, unsaid, when a run fails
    )


def _session_options(threads: int, providers: Sequence[str]) -> Any:
    options = onnxruntime().SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads take the cores that decode, warp and encode.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    options.log_severity_level = _FATAL
    if "dml" in providers:
        options.enable_mem_pattern = False  # DirectML cannot work with it
    return options


def _prepare_engine(path: Path) -> None:
    """Makes the folder that TensorRT builds into, and says that this takes long."""
    folder = engines_folder(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(
            f"{folder}, where TensorRT's engines are kept, cannot be made: {error.strerror}.",
            hint="Make it writable, or leave tensorrt out of models.providers.",
        ) from error
    if not has_engine(path):
        _log.info("TensorRT builds its engine for %s, once; this takes minutes.", path)


def _lack(inference: Any, provider: str) -> str:
    """Why the session is not one of `provider`'s, in one line; empty when it is."""
    if short_name(inference.get_providers()[0]) != provider:
        return "it did not come up for this model and did not say why"
    nodes = _nodes(inference)
    taken, total = nodes[provider], nodes.total()
    if 2 * taken < total:
        return f"it takes only {taken} of {total} nodes, the CPU the rest"
    return ""


def _nodes(inference: Any) -> Counter[str]:
    """How many nodes of the graph each provider runs, by its short name."""
    counts: Counter[str] = Counter()
    for part in inference.get_provider_graph_assignment_info():
        counts[short_name(part.ep_name)] += len(part.get_nodes())
    return counts


def _refusal(provider: str, said: str) -> Refusal:
    """A failure, told apart: of the provider as such, or with this model."""
    general = why_not(provider)
    return Refusal(provider, Why.MACHINE if general else Why.MODEL, general or said)


def _choice(
    inference: Any, path: Path, model: str, provider: str, refused: Sequence[Refusal]
) -> Choice:
    nodes = _nodes(inference)
    total = nodes.total()
    precision = lowered_precision(provider, heavy=is_heavy(path))
    return Choice(model, provider, precision, tuple(refused), total, total - nodes[provider])


def _report(choice: Choice) -> None:
    """Says what failed and what was lost: neither must happen quietly."""
    for refusal in choice.refused:
        if refusal.why is Why.MACHINE:
            _warn_once(
                f"The execution provider {refusal.provider} does not work here: {refusal.reason}. "
                f"Models run on {choice.provider} instead."
            )
        elif refusal.why is Why.MODEL:
            _log.warning(
                "The model %s runs on %s, not on %s: %s.",
                *(choice.model, choice.provider, refusal.provider, refusal.reason),
            )
    if choice.precision:
        _log.info(
            "The model %s runs on %s in %s: faster, off by a level of 255 or so.",
            *(choice.model, choice.provider, choice.precision),
        )
    _log.debug("%s runs %s", choice.model, choice)


@cache
def _warn_once(text: str) -> None:
    _log.warning("%s", text)


def _cannot_load(path: Path, providers: Sequence[str], error: Exception) -> ModelError:
    return ModelError(
        f"The model {path} cannot be loaded on {', '.join(providers)}: {reason(error)}",
        hint="`livecam models verify` says whether the file is damaged, `livecam doctor` "
        "which providers work.",
    )
