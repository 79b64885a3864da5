"""What is left of a swap: masks of several kinds, of which the smallest counts."""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.errors import SourceError
from livecam.face import Crop, Face, Points
from livecam.maskers import Masker
from livecam.picture import Mask, Patch
from livecam.swap.areas import area_mask
from livecam.swap.options import MaskOptions
from livecam.swap.seen import SIDE, SOFT
from livecam.swap.watch import Beside, InLine, View, Watch
from livecam.vision.geometry import rescaled, transform
from livecam.vision.ibug import ibug_points
from livecam.vision.mask import box, soft_eroded

NO_MASK = MaskOptions()
"""Nothing is switched on."""
_LEAST = 0.2
"""Of the swap: where what is in front leaves less, it is not sure that there is a face behind."""


class Masks:
    """Narrows swaps to what the options leave of them.

    Args:
        occluder: Sees what is in front of a face; None where nobody asks for that.
        parser: Sees the parts of a face; None where nobody asks for them.
        live: Whether frames must not wait for these two.
    """

    def __init__(
        self, occluder: Masker | None = None, parser: Masker | None = None, *, live: bool = False
    ) -> None:
        made = Beside if live else InLine
        self._occlusion: Watch | None = made(occluder) if occluder else None
        self._regions: Watch | None = made(parser) if parser else None
        self._watches = [watch for watch in (self._occlusion, self._regions) if watch]

    def narrowed(
        self,
        patch: Patch,
        crop: Crop,
        face: Face,
        options: MaskOptions,
        *,
        time_s: float,
        laid_out_by: object,
        whole: bool,
    ) -> Patch | None:
        """`patch` with the smallest of its own mask and those that are switched on.

        Args:
            patch: The swap of one face.
            crop: What it was made of.
            face: In px of the frame.
            options: Which masks there are; those whose model is not there do nothing.
            time_s: Presentation time of the frame.
            laid_out_by: Whose choice of crop this is; what was seen in others is forgotten.
            whole: Whether a swap of which next to nothing is left is none.

        Raises:
            SourceError: An area is asked for of a face whose landmarks do not bound it.
            LivecamError: A masker failed, now or earlier.
        """
        view = View(face.track_id, crop.image, patch.mask, time_s, laid_out_by)
        mask = patch.mask
        for chosen in self._chosen(patch, crop, view, face, options):
            mask = np.minimum(mask, chosen)
        if options.occlusion and self._occlusion:
            share = self._occlusion.share(view, (), effort=options.effort)
            if share is not None:
                face_mask = _levels(share, len(mask))
                left = cv2.mean(np.minimum(patch.mask, face_mask))[0]
                if whole and left < _LEAST * cv2.mean(patch.mask)[0]:
                    return None
                mask = np.minimum(mask, face_mask)
        return replace(patch, mask=mask)

    def forget(self, alive: set[int]) -> None:
        """Drops what was seen of tracks that are not in `alive`."""
        for watch in self._watches:
            watch.forget(alive)

    def close(self) -> None:
        """Ends what works beside the frames. May be called again."""
        for watch in self._watches:
            watch.close()

    def _chosen(
        self, patch: Patch, crop: Crop, view: View, face: Face, options: MaskOptions
    ) -> Iterator[Mask]:
        """The masks by which a person chooses what changes."""
        size = len(patch.mask)
        if options.blur or any(options.padding):
            yield _levels(box(size, padding=options.padding, blur=options.blur), size)
        if options.areas:
            points = transform(_points(face), patch.crop_from_frame)
            small = rescaled(points, SIDE / size)
            yield _levels(soft_eroded(area_mask(options.areas, small, SIDE), SOFT), size)
        if options.regions and self._regions:
            swapped = replace(view, image=patch.rgb(crop.picture.colour))
            share = self._regions.share(swapped, options.regions, effort=options.effort)
            if share is not None:
                yield _levels(share, size)


def _points(face: Face) -> Points:
    given = face.mesh if face.points is None else face.points
    points = None if given is None else ibug_points(given)
    if points is None:
        raise SourceError(
            "swap.mask.areas needs a face mesh or the 68 points of iBUG, and this landmarker gives "
            "neither.",
            hint="Use a landmarker that does, such as 'facemesh' or 'fan_2d_4'.",
        )
    return points


def _levels(share: NDArray[np.float32], size: int) -> Mask:
    """`share`, 0–1, at the size of a crop: uint8 (size, size)."""
    if len(share) != size:
        how = cv2.INTER_AREA if size < len(share) else cv2.INTER_LINEAR
        share = np.asarray(cv2.resize(share, (size, size), interpolation=how), np.float32)
    return np.asarray(cv2.convertScaleAbs(share, alpha=255), np.uint8)
