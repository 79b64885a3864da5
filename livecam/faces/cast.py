"""Who wears what: the people whose faces change, and the faces that they get."""

import logging
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from livecam.embedders import cosine
from livecam.errors import SettingsError
from livecam.face import Identity
from livecam.faces.named import NamedFace
from livecam.faces.photos import Nobody, Photos, Wearable, open_face
from livecam.faces.store import is_name, normal
from livecam.load import Models, has_embedder
from livecam.settings import ModelOptions, Settings
from livecam.swap.options import Faces, Lock
from livecam.swap.recognition import FILE_PACE, LIVE_PACE, Recognition

_log = logging.getLogger(__name__)

_EXAMPLE = '[[people]], reference = "anna.png", face = "me.png"'

Texts = str | Annotated[tuple[str, ...], Field(min_length=1)]
"""A picture, the name of a face that is kept, or several pictures of one person."""


@checked_dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Wearer:
    """One of the people, as a cast file says it."""

    reference: Texts
    """Whose face changes."""
    face: Texts
    """What it becomes."""


@checked_dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class _CastFile:
    people: tuple[Wearer, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the people, and what they wear."""

    person: Wearable
    face: Wearable


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Who wears what, read but not yet looked at."""

    people: tuple[Photos | NamedFace, ...]
    """Whose faces change; nobody where they are not told by the face."""
    faces: tuple[Photos | NamedFace | Nobody, ...]
    """What they wear, each their own, or all the same."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the people are called."""
        return tuple(person.name for person in self.people)

    def worn(self, models: Models, names: ModelOptions) -> tuple[Identity, ...]:
        """Who is worn, by each of the people or by everybody.

        Raises:
            SourceError: A face cannot be worn.
            ModelError: A model failed to run.
        """
        return tuple(face.identity(models, names) for face in self.faces)

    def recognition(self, models: Models, settings: Settings, *, live: bool) -> Recognition | None:
        """What tells the people; None where nobody has to be told.

        Args:
            models: With the embedder, where `is_told` says so.
            settings: Its name, and how alike two people may be.
            live: Whether a frame cannot wait for long.

        Raises:
            SettingsError: Two people are too alike.
            SourceError: A person's picture shows no face that can be used.
            ModelError: A model failed to run.
        """
        names, pace = settings.models, LIVE_PACE if live else FILE_PACE
        if not self.people:
            embedder = models.embedders.get(names.embedder)
            return Recognition(embedder, None, pace=pace) if live and embedder else None
        people = [person.identity(models, names) for person in self.people]
        _refuse_alike(people, names.embedder, settings.swap.max_distance)
        pictures = [[person.embeddings[names.embedder]] for person in people]
        return Recognition(models.embedders[names.embedder], pictures, pace=pace)


def open_cast(
    face: Wearable | None, *, reference: Wearable | None, cast: Path | None, names: ModelOptions
) -> Cast:
    """Who wears what.

    Args:
        face: What is worn, unless `cast` says it.
        reference: Whose face changes; None leaves that to the order.
        cast: A file that says both.
        names: Of the models.

    Raises:
        SettingsError: The file is not a cast, or something else says the same.
        SourceError: A picture cannot be read, or there is no face of a name.
        ModelError: There is no such swapper.
    """
    if cast is None:
        people = [] if reference is None else [_person(reference, names)]
        return Cast(tuple(people), (open_face(face, names),))
    if face is not None or reference is not None:
        raise SettingsError(
            "A cast says who wears what, and a face or a reference is named besides.",
            hint="Leave out --cast, or --face and --reference.",
        )
    parts = read_cast(cast)
    people = [_person(part.person, names) for part in parts]
    return Cast(tuple(people), tuple(open_face(part.face, names) for part in parts))


def settings_for(cast: Cast, settings: Settings) -> Settings:
    """`settings` with the people of `cast` as those whose faces change, if it has any.

    Raises:
        SettingsError: The settings want others, or people where there are none.
    """
    faces = settings.swap.faces
    if not cast.people:
        if faces is Faces.REFERENCE:
            raise SettingsError(
                "swap.faces is 'reference', and nobody says whose face that is.",
                hint="Name a picture with --reference, or a cast file with --cast.",
            )
        return settings
    if faces is Faces.MANY:
        raise SettingsError(
            "swap.faces is 'many', which changes everybody, and a reference or a cast is named.",
            hint="Leave out one of the two.",
        )
    return replace(settings, swap=replace(settings.swap, faces=Faces.REFERENCE))


def is_told(settings: Settings, *, live: bool) -> bool:
    """Whether a run needs the embedder to tell people: `settings` are those of `settings_for`.

    Says so where it would be of use and is not there.
    """
    lock = settings.swap.lock
    if settings.swap.faces is Faces.REFERENCE or not live:
        return settings.swap.faces is Faces.REFERENCE
    name = settings.models.embedder
    if lock is Lock.AUTO and not has_embedder(settings.models):
        _log.info("To know the wearer again after a doubt: livecam models pull %s", name)
        return False
    return lock is not Lock.OFF


def read_cast(path: Path) -> list[Part]:
    """The people of a cast file and what they wear; its paths are relative to the file.

    Raises:
        SettingsError: It cannot be read, is no cast, or names nobody.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        people = TypeAdapter(_CastFile).validate_python(table).people
    except OSError as error:
        raise SettingsError(
            f"The cast {path} cannot be read: {error.strerror}.", hint="Name a file that exists."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"The cast {path} is not TOML: {error}.", hint="Correct that line."
        ) from error
    except ValidationError as error:
        faults = "; ".join(_fault(fault) for fault in error.errors(include_url=False))
        raise SettingsError(f"The cast {path}: {faults}.", hint=f"Write {_EXAMPLE}.") from error
    if not people:
        raise SettingsError(f"The cast {path} names nobody.", hint=f"Write {_EXAMPLE}.")
    here = path.parent
    return [Part(_wearable(one.reference, here), _wearable(one.face, here)) for one in people]


def _fault(fault: Any) -> str:
    """What is wrong, in words."""
    place = ".".join(map(str, fault["loc"]))
    if fault["type"] == "unexpected_keyword_argument":
        return f"there is no '{place}'"
    if fault["type"] == "missing":
        return f"'{place}' is missing"
    return f"'{place}' cannot be {fault['input']!r}"


def _wearable(texts: Texts, folder: Path) -> Wearable:
    if isinstance(texts, str):
        return _located(texts, folder)
    return tuple(_located(text, folder) for text in texts)


def _located(text: str, folder: Path) -> Path | str:
    """A name as it is, a path from `folder`."""
    place = folder / text
    return text if is_name(normal(text)) and not place.is_file() else place


def _person(reference: Wearable, names: ModelOptions) -> Photos | NamedFace:
    opened = open_face(reference, names)
    assert not isinstance(opened, Nobody)
    return opened


def _refuse_alike(people: Sequence[Identity], embedder: str, max_distance: float) -> None:
    for one, other in combinations(people, 2):
        alike = cosine(one.embeddings[embedder], other.embeddings[embedder])
        distance = max(1 - alike, 0.0)
        if distance <= max_distance:
            raise SettingsError(
                f"'{one.name}' and '{other.name}' are too alike to tell apart: the distance of "
                f"their faces is {distance:.2f}, and up to {max_distance:.2f} a face is theirs.",
                hint="Use other pictures of them, or a smaller --max-distance.",
            )
