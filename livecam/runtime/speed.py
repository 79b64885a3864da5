"""How long one run of a model takes on this machine."""

import statistics
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, TensorSpec

_RUNS = 3, 50
"""At least and at most this many."""
_LONG_ENOUGH_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Speed:
    """What was measured."""

    ms: float
    """Of one run, the median, ms."""
    provider: str
    """First of the execution providers that ran it, by short name."""
    file: str
    """Name of the file that was run; another one has another speed."""

    def __str__(self) -> str:
        return f"{self.ms:.3g} ms on {self.provider}"


def measure(session: Session, manifest: Manifest) -> Speed:
    """Runs the model on noise for a second.

    Raises:
        ModelError: The sizes of its inputs are not known, or the graph failed to run.
    """
    noise = np.random.default_rng(0)
    feeds = {spec.name: _noise(spec, manifest, noise) for spec in session.inputs.values()}
    session.run(feeds)  # the first run also makes room
    taken: list[float] = []
    least, most = _RUNS
    while len(taken) < least or (sum(taken) < _LONG_ENOUGH_S and len(taken) < most):
        start = time.perf_counter()
        session.run(feeds)
        taken.append(time.perf_counter() - start)
    return Speed(
        ms=1000 * statistics.median(taken),
        provider=session.providers[0],
        file=session.path.name,
    )


def _noise(spec: TensorSpec, manifest: Manifest, noise: np.random.Generator) -> NDArray[Any]:
    """A value for the input: one of a batch, an image of the manifest's size."""
    likely: tuple[int | None, ...] = (1, *spec.shape[1:])[: len(spec.shape)]
    image = manifest.input
    if image and image.name == spec.name and len(spec.shape) == 4:
        width, height = image.size
        likely = (1, 3, height, width) if image.layout == "nchw" else (1, height, width, 3)
    shape = [other if dim is None else dim for dim, other in zip(spec.shape, likely, strict=True)]
    if None in shape:
        raise ModelError(
            f"How long a run of '{manifest.name}' takes depends on what it is given: {spec} may "
            "have any size.",
            hint="`livecam bench live` measures a whole run.",
        )
    return noise.random([dim or 1 for dim in shape]).astype(spec.dtype)
