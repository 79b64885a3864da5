"""The record of licences the user has accepted: those that do not allow commercial use."""

from datetime import date
from pathlib import Path

import platformdirs
from pydantic import TypeAdapter, ValidationError

from livecam.errors import ModelError
from livecam.private import alone_with, private_folder, write_private
from livecam.runtime.manifest import Manifest

_ANSWERS = TypeAdapter(dict[str, dict[str, str]])


class Licences:
    """What was accepted, kept in a JSON file: model → licence → date.

    Args:
        file: The record; None takes `licences.json` in the user's data directory.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or platformdirs.user_data_path("livecam") / "licences.json"

    def allow(self, manifest: Manifest) -> bool:
        """Whether the model may be used: for anything, or on terms that were accepted.

        Raises:
            ModelError: The record cannot be read.
        """
        weights = manifest.weights
        return weights.commercial or weights.license in self._read().get(manifest.name, {})

    def accept(self, manifest: Manifest) -> None:
        """Records that the model's licence was accepted, today.

        Raises:
            ModelError: The record cannot be read or written.
        """
        today = date.today().isoformat()
        try:
            private_folder(self.file.parent)
            with alone_with(self.file):
                answers = self._read()
                answers.setdefault(manifest.name, {})[manifest.weights.license] = today
                write_private(self.file, _ANSWERS.dump_json(answers, indent=1))
        except OSError as error:
            raise ModelError(
                f"That the licence of '{manifest.name}' was accepted cannot be recorded in "
                f"{self.file}: {error.strerror}.",
                hint=f"Make {self.file.parent} writable.",
            ) from error

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            return _ANSWERS.validate_json(self.file.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise self._unreadable(error.strerror) from error
        except ValidationError as error:
            raise self._unreadable(error.errors()[0]["msg"]) from error

    def _unreadable(self, reason: str | None) -> ModelError:
        return ModelError(
            f"The record of accepted licences {self.file} cannot be read: {reason}.",
            hint="Delete it, and accept again what you use.",
        )
