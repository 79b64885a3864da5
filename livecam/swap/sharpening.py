"""The swapped face, drawn anew by an enhancer."""

import cv2
import numpy as np

from livecam.enhancers import Enhancer
from livecam.face import Face
from livecam.picture import Patch, Picture
from livecam.swap.options import EnhancerOptions
from livecam.vision.alignment import align
from livecam.vision.geometry import compose, invert
from livecam.vision.mask import box


def sharpened(
    picture: Picture, face: Face, swap: Patch, enhancer: Enhancer, options: EnhancerOptions
) -> Patch:
    """What to paste over `picture`; it changes nothing but what the swap has changed.

    Args:
        picture: With the swap in it.
        face: In px of the picture.
        swap: Of that face.
        enhancer: Draws it anew.
        options: How much of that is seen.

    Raises:
        PipelineError: The landmarks coincide, or are not finite.
        ModelError: The enhancer failed.
    """
    size = enhancer.size
    crop_from_frame = align(face.landmarks, enhancer.template, size)
    image = enhancer.enhance(picture.crop(crop_from_frame, size), weight=options.weight)
    crop_from_swap = compose(crop_from_frame, invert(swap.crop_from_frame))
    changed = cv2.warpAffine(swap.mask, crop_from_swap, (size, size))
    within = np.minimum(np.asarray(changed, np.float32), box(size) * np.float32(255))
    mask = np.asarray(np.rint(within * np.float32(options.blend)), np.uint8)
    return Patch(image, mask, crop_from_frame)
