"""What a swap will look like at any moment of a file, before anything is written.

glimpse = Glimpse(Path("in.mp4"), face="Ann", settings=Settings())
glimpse.at(12.5).picture
"""

from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

from livecam.build import make_face_swap
from livecam.faces import Wearable
from livecam.frame import Frame
from livecam.media.length import expected_frames
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.sources import file_source
from livecam.sources.image_file import ImageFile
from livecam.swap import FaceSwap


class Glimpse:
    """One file under one face; models are loaded at the first look.

    Args:
        source: A video or an image.
        face: As in `FileSwap.face`.
        settings: Which models, and how they are used.
    """

    def __init__(self, source: Path, *, face: Wearable | None, settings: Settings) -> None:
        self._source = source
        self._face = face
        self._settings = settings
        self._face_swap: FaceSwap | None = None
        # A tracker begins anew where time goes back: what was seen before must not count.
        self._backwards = count(0, -1)

    def length_s(self) -> float:
        """How long the file is, s; 0 for an image.

        Raises:
            SourceError: It cannot be read.
        """
        source = file_source(self._source)
        if isinstance(source, ImageFile):
            return 0.0
        return float((expected_frames(self._source) or 0) / source.probe().rate)

    def at(self, time_s: float, *, progress: Progress | None = None) -> Frame:
        """The first frame at or after that time: swapped, with its original.

        Args:
            time_s: From the start of a video, s; of an image there is but one.
            progress: Told of models that are fetched on first use.

        Raises:
            LivecamError: As `FileSwap.prepare`; or the file has no frame there.
        """
        frame = self._frame(time_s)
        if self._face_swap is None:
            self._face_swap = make_face_swap(self._face, self._settings, progress=progress)
        swapped = self._face_swap.process(replace(frame, pts=next(self._backwards)))
        return replace(frame, picture=swapped.picture, original=frame.picture)

    def _frame(self, time_s: float) -> Frame:
        source = file_source(self._source, start_s=time_s if time_s > 0 else None)
        with closing(source.frames()) as frames:
            return next(frames)
