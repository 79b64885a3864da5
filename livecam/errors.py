"""The errors livecam raises, each with what went wrong and one thing to do about it.

    LivecamError
    ├── SettingsError   2   an option, a settings file, an argument
    ├── SourceError     3   a camera, a file, a portrait that cannot be read
    ├── ModelError      4   weights missing, damaged, refused; a session that does not start
    ├── SinkError       5   an output that cannot be opened or written
    └── PipelineError   6   a stage that failed for a reason of its own

The number is the exit code of the command line.
"""

from functools import partial
from typing import ClassVar


class LivecamError(Exception):
    """Something went wrong that the user can act on.

    Args:
        message: Names the thing and says why.
        hint: One next step, as a sentence.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}"

    @property
    def in_one_line(self) -> str:
        """The message and the hint, one sentence after the other."""
        return f"{self.message.rstrip('.')}. {self.hint}"

    def __reduce__(self) -> tuple[object, ...]:
        """How it is copied and sent to other processes, its keyword argument included."""
        return partial(type(self), hint=self.hint), (self.message,)


class SettingsError(LivecamError):
    """An option or a settings file says something livecam cannot do."""

    exit_code = 2


class SourceError(LivecamError):
    """An input cannot be opened or read."""

    exit_code = 3


class ModelError(LivecamError):
    """A model cannot be found, fetched, verified or run."""

    exit_code = 4


class SinkError(LivecamError):
    """An output cannot be opened or written."""

    exit_code = 5


class PipelineError(LivecamError):
    """A stage of a run failed."""

    exit_code = 6
