"""The tree of everything that can be set, and where it comes from: TOML, then single assignments.

Each branch is the options dataclass of its room; a field's place in the tree is its name
everywhere: `tracking.detect_every_s` in `--set`, `[tracking]` with `detect_every_s` in TOML.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from livecam.detectors import DetectorOptions
from livecam.errors import SettingsError
from livecam.frame import VideoFormat
from livecam.media.encoders import Encoding
from livecam.media.live_encoding import LiveEncoding
from livecam.options import Option, options_of
from livecam.picture import Colour, Matrix
from livecam.sources.formats import Asked
from livecam.swap.options import SwapOptions
from livecam.tracking import TrackingOptions

_MODE = r"^[1-9]\d*x[1-9]\d*@([1-9]\d*(\.\d+)?|0\.0*[1-9]\d*)$"


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class ModelOptions:
    """Which models do the work, by the names `livecam models list` shows, and where they run."""

    detector: str = "centerface"
    """Finds faces."""
    landmarker: str = "facemesh"
    """Finds the dense landmarks of one face."""
    swapper: str = "mesh"
    """Makes the new face."""
    embedder: str = "mobilefacenet"
    """Tells people apart; fetched only where something asks for it."""
    occluder: str | None = None
    """Finds what is in front of a face, such as a hand, for swap.mask.occlusion; such as xseg_1."""
    parser: str | None = None
    """Finds the parts of a face, for swap.mask.regions; such as bisenet_resnet_18."""
    enhancer: str | None = None
    """Sharpens the swapped face; such as gfpgan_1_4. Every frame waits for it, live, too: without
    a GPU that takes longer than a frame lasts."""
    upscaler: str | None = None
    """Enlarges the pictures of a file; such as real_esrgan_x2. Not used live."""
    providers: tuple[str, ...] = ()
    """Execution providers in order of choice, such as cuda or cpu; each must come up. None takes
    the best there is."""


def default_models() -> list[str]:
    """Names of the models that are used where nothing else is set."""
    return [name for name in asdict(ModelOptions()).values() if isinstance(name, str)]


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class LiveOptions:
    """What a live run takes in and gives out."""

    width: Annotated[int, Field(ge=64, le=8192, multiple_of=2)] = 1280
    """Of the outgoing picture, px; cameras are asked for it too."""
    height: Annotated[int, Field(ge=64, le=8192, multiple_of=2)] = 720
    """Likewise, px."""
    fps: Annotated[int, Field(ge=1, le=240)] = 30
    """Outgoing pictures per second; cameras are asked for as many."""
    camera_mode: Annotated[str | None, Field(pattern=_MODE)] = None
    """What cameras are asked for instead of that size and rate, such as 640x480@30; where one has
    no such mode, the nearest is taken."""
    mirror: bool = False
    """Swap left and right."""
    face: str | None = None
    """What is worn where nothing else is said: a picture, or the name of a face."""
    camera: str | None = None
    """Likewise, where pictures come from: a name, an index or a path that `livecam devices` shows,
    an address, a file or synthetic; none is the first camera."""
    to: Annotated[tuple[str, ...], Field(min_length=1)] = ("virtual",)
    """Likewise, where pictures go to: virtual, virtual:NAME, preview, addresses, files."""
    microphone: str | None = None
    """What streams and recordings sound of: a name `livecam devices` shows, or "default"; none
    makes them silent."""

    @property
    def asked(self) -> Asked:
        """What cameras are asked for."""
        if self.camera_mode is not None:
            return Asked.of(self.camera_mode)
        return Asked(self.width, self.height, Fraction(self.fps))

    @property
    def video_format(self) -> VideoFormat:
        """Of every picture that goes out; what readers of a virtual camera take it for."""
        return VideoFormat(self.width, self.height, Fraction(self.fps), Colour(Matrix.BT601))


class Showing(StrEnum):
    """What of the picture a window shows."""

    AFTER = "after"
    BEFORE = "before"
    SPLIT = "split"
    """Before on the left of a divider, after on its right."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class WindowOptions:
    """How `livecam app` was left."""

    width: Annotated[int, Field(ge=320, le=16384)] = 1180
    """Of the window, px."""
    height: Annotated[int, Field(ge=240, le=16384)] = 720
    """Likewise, px."""
    showing: Showing = Showing.AFTER
    """What the preview shows: after, before, or split (both, with a divider between)."""
    mirror: bool = False
    """Whether the preview, and only that, is mirrored."""
    language: Literal["system", "en", "de"] = "system"
    """Of the window."""


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Settings:
    """Everything that can be set, with its defaults."""

    models: ModelOptions = field(default_factory=ModelOptions)
    """Which models do the work."""
    detector: DetectorOptions = field(default_factory=DetectorOptions)
    """How closely a picture is searched for faces."""
    tracking: TrackingOptions = field(default_factory=TrackingOptions)
    """When the detector looks, and how long a face is believed in."""
    swap: SwapOptions = field(default_factory=SwapOptions)
    """Whose face changes, and how."""
    output: Encoding = field(default_factory=Encoding)
    """How a video is written."""
    live: LiveOptions = field(default_factory=LiveOptions)
    """What a live run takes in and gives out."""
    stream: LiveEncoding = field(default_factory=LiveEncoding)
    """How streams and recordings of a live run are compressed."""
    window: WindowOptions = field(default_factory=WindowOptions)
    """How the window was left."""


_WANTED = {
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "string_type": "a text",
    "string_pattern": "written like its example",
    "tuple": "a list, in brackets",
    "too_short": "a list that is not empty",
    "dataclass": "a table of settings",
}
"""What pydantic asks for, by the beginning of the fault's type, in plain words."""


def options() -> Iterator[Option]:
    """Every option of the tree, in the order of the fields; branches after leaves, as in TOML."""
    return options_of(Settings)


def load_settings(
    file: Path | None = None,
    *,
    assignments: Sequence[str] = (),
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The defaults, changed by what a file says, then by assignments, then by overrides.

    Args:
        file: TOML with the tables of the tree.
        assignments: `full.name=value`; the value is read as TOML, or taken as a text.
        overrides: Values by full name; those that are None count as not given.

    Raises:
        SettingsError: The file cannot be read, a key is unknown, or a value is not possible.
    """
    table = {} if file is None else _read(file)
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name.strip():
            raise SettingsError(
                f"'{assignment}' sets nothing.",
                hint="Write it as full.name=value, such as tracking.detect_every_s=0.5.",
            )
        _put(table, name.strip(), _value(text.strip()))
    for name, value in (overrides or {}).items():
        if value is not None:
            _put(table, name, value)
    try:
        return TypeAdapter(Settings).validate_python(table)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        where = f"{file}: " if file is not None and not _is_valid(_read(file)) else ""
        raise SettingsError(
            where + "; ".join(_fault(fault) for fault in faults) + ".",
            hint=_suggestion(faults),
        ) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The settings file {file} cannot be read: {error.strerror}.",
            hint="Name a file that exists with --settings.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The settings file {file} is not TOML: {error}.", hint="Correct that line."
        ) from error


def _is_valid(table: dict[str, Any]) -> bool:
    try:
        TypeAdapter(Settings).validate_python(table)
    except ValidationError:
        return False
    return True


def _value(text: str) -> object:
    """`text` as a TOML value, or as it stands: nobody wants to quote on a command line."""
    try:
        table = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return table["value"] if len(table) == 1 else text


def _put(table: dict[str, Any], name: str, value: object) -> None:
    *branches, leaf = name.split(".")
    for branch in branches:
        table = table.setdefault(branch, {})
        if not isinstance(table, dict):
            raise SettingsError(
                f"'{name}' cannot be set: '{branch}' is a value, not a table.",
                hint="Run `livecam settings` to see every name.",
            )
    table[leaf] = value


def _is_unknown(fault: Mapping[str, Any]) -> bool:
    return bool(fault["type"] == "unexpected_keyword_argument")


def _name(fault: Mapping[str, Any]) -> str:
    return ".".join(map(str, fault["loc"]))


def _fault(fault: Mapping[str, Any]) -> str:
    if _is_unknown(fault):
        return f"There is no setting '{_name(fault)}'"
    wanted = fault["msg"].lower().removeprefix("input ")
    for kind, words in _WANTED.items():
        if fault["type"].startswith(kind):
            wanted = f"should be {words}"
    return f"'{_name(fault)}' cannot be {fault['input']!r}: it {wanted}"


def _suggestion(faults: Sequence[Mapping[str, Any]]) -> str:
    """What to write instead of the first unknown name."""
    unknown = next((_name(fault) for fault in faults if _is_unknown(fault)), None)
    if unknown is None:
        return "Run `livecam settings` to see what it may be."
    names = [option.name for option in options()]
    tables = sorted({name.partition(".")[0] for name in names})
    same_leaf = [name for name in names if name.endswith(f".{unknown}")]
    near = same_leaf or difflib.get_close_matches(unknown, [*names, *tables], n=1)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return "Run `livecam settings` to see every name."
