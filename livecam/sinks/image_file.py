"""A still image as a sink of one frame."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from livecam.errors import SinkError
from livecam.frame import Frame, VideoFormat
from livecam.media.provenance import NOTE, with_note
from livecam.media.still import Still, picture_of, read_still, rgb_changed, rgb_of
from livecam.picture import Picture
from livecam.sinks.partial import check_output, partial_file, write_errors

_LOG = logging.getLogger(__name__)
_WITH_ALPHA = {"PNG", "WEBP", "TIFF", "AVIF", "JPEG2000", "GIF", "ICO"}
_IMAGE_DESCRIPTION = 0x010E  # EXIF 2.32, table 4


@dataclass(frozen=True, slots=True)
class ImageFileSink:
    """One frame into an image file, which appears under its name only when it is whole.

    With `copy_from`, only the pixels that differ from that image are replaced, unless the frame has
    another size; its transparency, EXIF, colour profile and text come along.
    """

    path: Path
    copy_from: Path | None = field(default=None, kw_only=True)
    """The image that was the input."""
    quality: int = field(default=95, kw_only=True)
    """Of JPEG, WebP and AVIF, 0–100; 100 is lossless WebP."""
    overwrite: bool = field(default=False, kw_only=True)
    """Replace an existing file, once the new one is whole."""

    def check(self, video_format: VideoFormat) -> None:  # noqa: ARG002  as of every file sink
        """Makes sure that the output can be written; writes nothing.

        Raises:
            SinkError: The path cannot be used, or ends in no kind of image.
        """
        check_output(self.path, copy_from=self.copy_from, overwrite=self.overwrite)
        image_kind(self.path)

    @contextmanager
    def open(self, video_format: VideoFormat) -> Iterator[Callable[[Frame], None]]:
        """A context that gives the function to send the frame with.

        Raises:
            SinkError: As `check`; or the image cannot be written; or not one frame came.
            SourceError: `copy_from` cannot be read.
        """
        self.check(video_format)
        frames: list[Picture] = []

        def send(frame: Frame) -> None:
            if frames:
                raise SinkError(
                    f"{self.path} is one image, but more frames arrived",
                    hint="Give the output of a video a name such as swapped.mp4.",
                )
            frames.append(frame.picture)

        with partial_file(self.path) as file:
            yield send
            if not frames:
                raise SinkError(
                    f"{self.path} would be empty: no frame arrived",
                    hint="Check the input.",
                )
            with write_errors(self.path):
                self._write(file, frames[0])

    def _write(self, file: BinaryIO, picture: Picture) -> None:
        kind = image_kind(self.path)
        if self.copy_from is None:
            still = Still(rgb_of(picture), None)
        else:
            still = _changed(read_still(self.copy_from), picture)
        image = Pillow.fromarray(still.rgb)
        if still.alpha is not None and kind in _WITH_ALPHA:
            image = Pillow.fromarray(np.dstack([still.rgb, still.alpha]))
        elif still.alpha is not None:
            _LOG.warning("%s files have no transparency: it is left out", kind)
        image.save(file, format=kind, **self._save_options(kind, still))

    def _save_options(self, kind: str, still: Still) -> dict[str, Any]:
        """What Pillow's writer of `kind` is told beside the pixels, the note included."""
        options = dict(still.info)
        if kind == "PNG":
            text = PngInfo()
            for key, value in with_note(still.text).items():
                text.add_itxt(key, value)
            return options | {"pnginfo": text}
        exif = Pillow.Exif()
        exif.load(options.get("exif", b""))
        old = exif.get(_IMAGE_DESCRIPTION)
        if NOTE not in str(old):
            exif[_IMAGE_DESCRIPTION] = f"{old}\n{NOTE}" if old else NOTE
        options["exif"] = exif.tobytes()
        if kind in {"JPEG", "WEBP", "AVIF"}:
            options["quality"] = self.quality
        if kind == "JPEG":
            options["subsampling"] = 0
        if kind == "WEBP" and self.quality == 100:
            options |= {"lossless": True, "exact": True}
        if kind == "TIFF":
            options["compression"] = "tiff_deflate"
        return options


def _changed(old: Still, picture: Picture) -> Still:
    """`old` as `picture` shows it; one of another size takes the place of every pixel."""
    if old.rgb.shape[:2] == picture.y.shape:
        return replace(old, rgb=rgb_changed(old.rgb, picture_of(old.rgb), picture))
    alpha = old.alpha
    if alpha is not None:
        alpha = np.asarray(cv2.resize(alpha, (picture.width, picture.height)), np.uint8)
    return replace(old, rgb=rgb_of(picture), alpha=alpha)


def image_kind(path: Path) -> str:
    """Pillow's name of the kind of image that `path` ends in.

    Raises:
        SinkError: It ends in none that can be written.
    """
    kind = Pillow.registered_extensions().get(path.suffix.lower(), "")
    if kind not in Pillow.SAVE or kind in {"PDF", "MPEG"}:
        raise SinkError(
            f"{path} does not end in a kind of image",
            hint="Give it a name ending in .png, .jpg or .webp.",
        )
    return kind
