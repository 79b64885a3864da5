"""A camera as a source of frames."""

import logging
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field

import av

from livecam.errors import SourceError
from livecam.frame import Frame, VideoFormat
from livecam.media.messages import listening
from livecam.media.modes import Mode
from livecam.picture import Picture
from livecam.sources.camera_info import CameraInfo
from livecam.sources.capture import captured
from livecam.sources.devices import camera_error, camera_system, find_camera, label
from livecam.sources.formats import Asked, Choice, choose, reaches

_LOG = logging.getLogger(__name__)
_FIRST_FRAME_S = 5


@dataclass(frozen=True, slots=True)
class Camera:
    """The frames of a camera in the mode that comes nearest to what is wanted.

    What comes may be of another size, and the size may change on the way.
    """

    device: str | None = None
    """Name, part of a name, index or path; None is the first camera there is."""
    asked: Asked = field(default_factory=Asked)
    """What is wanted."""

    @property
    def live(self) -> bool:
        """True: a camera does not wait."""
        return True

    def probe(self) -> VideoFormat:
        """What the frames will be. Opens the camera, and waits for one.

        Raises:
            SourceError: It cannot be opened, or sends nothing.
        """
        with closing(self.frames()) as frames:
            quiet_until = time.monotonic() + _FIRST_FRAME_S
            for frame in frames:
                if frame is not None:
                    picture, rate = frame.picture, self.asked.rate
                    return VideoFormat(picture.width, picture.height, rate, picture.colour)
                if time.monotonic() > quiet_until:
                    break
        raise SourceError(
            f"{label(find_camera(self.device))} sends no pictures",
            hint="Uncover it, plug it in again, or choose another one.",
        )

    def frames(self) -> Generator[Frame | None, None, None]:
        """Opens, yields frames as they come, None while none do, closes.

        Raises:
            SourceError: The camera is not there, may not be opened, is busy, or was unplugged.
        """
        camera = find_camera(self.device)
        choice = self._choice(camera)
        seen = False
        with listening() as complaints:
            try:
                reading = camera_system().reading(camera, choice.mode, rate=choice.rate)
                with closing(captured(reading)) as frames:
                    for frame in frames:
                        if frame is not None and not seen:
                            seen = True
                            self._report(frame.picture, choice, camera)
                        yield frame
            except (av.FFmpegError, OSError, ValueError) as e:
                said = complaints()
                raise camera_error(e, camera, reading=seen, complaints=said) from e
        raise SourceError(
            f"{label(camera)} ended its stream", hint="Plug it in again, or choose another one."
        )

    def _choice(self, camera: CameraInfo) -> Choice:
        asked = self.asked
        untold = Choice(Mode("", asked.width, asked.height, ()), asked.rate)
        return choose(camera.modes, asked) or untold

    def _report(self, picture: Picture, choice: Choice, camera: CameraInfo) -> None:
        as_wanted = (picture.width, picture.height) == (self.asked.width, self.asked.height)
        as_wanted = as_wanted and reaches(choice.rate, self.asked.rate)
        _LOG.log(
            logging.DEBUG if as_wanted else logging.INFO,
            "%s sends %d×%d, up to %.3g a second",
            label(camera),
            picture.width,
            picture.height,
            float(choice.rate),
        )
