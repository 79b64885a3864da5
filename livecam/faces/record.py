"""What is written about a face that is kept: `face.json` in its folder."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from livecam.consent import Agreement
from livecam.errors import SourceError

FILE = "face.json"

_STRICT = ConfigDict(extra="forbid")
Place = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class KeptPhoto:
    """A copy of a picture, and where on it the face is."""

    file: Annotated[str, Field(pattern=r"^\d+(\.[a-z0-9]+)?$")]
    """Name of the copy, beside the record."""
    name: str
    """Name of the file it is a copy of."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: tuple[int, int]
    """Width and height of the upright picture, px."""
    width: float
    """Of the face, px."""
    landmarks: tuple[Place, Place, Place, Place, Place]
    """px, as the detector gave them: another detector may see other faces."""


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Record:
    """A face that is kept."""

    version: Literal[1] = 1
    agreed: Agreement
    photos: Annotated[tuple[KeptPhoto, ...], Field(min_length=1)]


_RECORD = TypeAdapter(Record)


def to_json(record: Record) -> bytes:
    """The content of the file."""
    return _RECORD.dump_json(record, indent=1)


def read_record(folder: Path) -> Record:
    """The record of the face in `folder`.

    Raises:
        SourceError: It is missing or damaged.
    """
    try:
        return _RECORD.validate_json((folder / FILE).read_bytes())
    except OSError as error:
        raise damaged(folder, f"{FILE} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        where = f"{place}: " if place else ""
        raise damaged(folder, f"{FILE} is not valid ({where}{fault['msg']})") from error


def damaged(folder: Path, why: str) -> SourceError:
    """The error about the face in `folder`, of which something is missing or wrong."""
    return SourceError(
        f"The face '{folder.name}', kept in {folder}, is damaged: {why}.",
        hint=f"Add it again with `livecam faces add {folder.name} PHOTO --overwrite`, or remove it "
        f"with `livecam faces remove {folder.name}`.",
    )
