"""What can be worn: pictures, or a face that is kept under a name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from livecam.errors import SettingsError
from livecam.face import Identity
from livecam.faces.named import NamedFace
from livecam.faces.store import FaceStore, is_name, normal
from livecam.load import Models, needs_portrait
from livecam.settings import ModelOptions
from livecam.swap.identity import averaged, read_portrait

Wearable = Path | str | Sequence[Path | str]
"""A picture; the path of one, or else the name of a face that is kept, as text; or several pictures
of one person."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """No picture: a model whose file is a face wears that one."""

    name: str
    """Of the model."""

    def identity(self, models: Models, names: ModelOptions) -> Identity:  # noqa: ARG002 – as NamedFace
        """One of whom there is no picture."""
        return Identity(self.name, np.zeros((1, 1, 3), np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """Pictures of one person, not yet looked at."""

    portraits: tuple[Identity, ...]

    @property
    def name(self) -> str:
        """What they are called together."""
        first, *others = self.portraits
        return f"{first.name} and {len(others)} more" if others else first.name

    def identity(self, models: Models, names: ModelOptions) -> Identity:  # noqa: ARG002 – as NamedFace
        """Who is on them.

        Args:
            models: Look at them.
            names: Of the models.

        Raises:
            SourceError: A face cannot be worn, or they show different people.
            ModelError: A model failed to run.
        """
        made = averaged([models.identity(portrait) for portrait in self.portraits])
        return replace(made, name=self.name)


def open_face(face: Wearable | None, names: ModelOptions) -> Photos | NamedFace | Nobody:
    """What is to be worn, read but not yet looked at.

    Args:
        face: None is for a model whose file is the face.
        names: Of the models.

    Raises:
        SourceError: A picture cannot be read, or there is neither a picture nor a face of a name.
        SettingsError: No picture is named, or the name of a face stands among pictures.
        ModelError: There is no such swapper.
    """
    if face is None:
        if needs_portrait(names):
            raise SettingsError(
                f"No face is named, and '{names.swapper}' takes it from a picture.",
                hint="Name a picture of the face with --face, or a model that is a face (.dfm).",
            )
        return Nobody(names.swapper)
    pictures = pictures_of(face)
    if pictures:
        return Photos(tuple(read_portrait(picture) for picture in pictures))
    return FaceStore().face(str(_parts(face)[0]))


def pictures_of(face: Wearable) -> list[Path]:
    """The files of the pictures that `face` means; none where it is the name of a face.

    Text is the path of a picture if there is such a file, and else the name of a face if it could
    be one.

    Raises:
        SettingsError: No picture is named, or the name of a face stands among pictures.
    """
    parts = _parts(face)
    names = [part for part in parts if isinstance(part, str) and _is_meant_as_name(part)]
    if len(parts) == 1 and names:
        return []
    if names or not parts:
        raise SettingsError(
            f"'{names[0]}' is no picture." if names else "No picture of a face is named.",
            hint="Name one or several pictures of one person, or one face that is kept.",
        )
    return [Path(part) for part in parts]


def _parts(face: Wearable) -> list[Path | str]:
    return [face] if isinstance(face, Path | str) else list(face)


def _is_meant_as_name(text: str) -> bool:
    return is_name(normal(text)) and not Path(text).is_file()
