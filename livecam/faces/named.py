"""A face that is kept under a name."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from livecam.consent import Agreement
from livecam.face import Identity
from livecam.faces.record import KeptPhoto, Record, damaged, read_record
from livecam.faces.views import Views, embedders_kept
from livecam.load import Models
from livecam.runtime.hashing import digest
from livecam.settings import ModelOptions
from livecam.swap.identity import averaged, best_of, look_at, read_portrait

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NamedFace:
    """A face that is kept under a name, its pictures not yet looked at."""

    folder: Path
    record: Record

    @classmethod
    def read(cls, folder: Path) -> "NamedFace":
        """The face kept in `folder`.

        Raises:
            SourceError: It is damaged.
        """
        return cls(folder, read_record(folder))

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name

    @property
    def agreed(self) -> Agreement:
        """When and how its person agreed."""
        return self.record.agreed

    @property
    def photos(self) -> tuple[KeptPhoto, ...]:
        """The pictures that are kept of it."""
        return self.record.photos

    @property
    def embedders(self) -> list[str]:
        """Names of the embedders whose view of it is kept."""
        return embedders_kept(self.folder)

    def identity(self, models: Models, names: ModelOptions) -> Identity:
        """Who it is: as kept where these models have seen it before, else as they see it now.

        Args:
            models: Look at the pictures.
            names: Of the models.

        Raises:
            SourceError: A picture is damaged, or cannot be worn as these models see it.
            ModelError: A model failed to run.
        """
        views = Views(self.photos, names.landmarker, models.embedders)
        kept = views.read(self.folder)
        if kept is not None and 0 <= kept.best < len(self.photos):
            return Identity(
                self.name,
                self._portrait(self.photos[kept.best]).portrait,
                kept.mesh,
                kept.landmarks,
                kept.embeddings,
            )
        return self._looked_at(models, views)

    def _looked_at(self, models: Models, views: Views) -> Identity:
        seen = [
            look_at(
                self._portrait(photo),
                np.array(photo.landmarks, np.float32),
                models.landmarker,
                models.embedders,
            )
            for photo in self.photos
        ]
        made = replace(averaged(seen), name=self.name)
        try:
            views.keep(self.folder, made, best_of(seen))
        except OSError as error:
            _log.warning(
                "What was made of the face '%s' cannot be kept in %s (%s); it will be made again.",
                self.name,
                self.folder,
                error.strerror,
            )
        return made

    def _portrait(self, photo: KeptPhoto) -> Identity:
        path = self.folder / photo.file
        try:
            sound = digest(path) == photo.sha256
        except OSError as error:
            raise damaged(self.folder, f"{photo.file} cannot be read: {error.strerror}") from error
        if not sound:
            raise damaged(self.folder, f"{photo.file} is not the picture that was added")
        return replace(read_portrait(path), name=photo.name)
