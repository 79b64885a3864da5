"""Parts of a face, as maskers tell them apart."""

from enum import StrEnum


class Region(StrEnum):
    """A part of a face; left and right as the data set CelebAMask-HQ has them."""

    SKIN = "skin"
    LEFT_BROW = "left-brow"
    RIGHT_BROW = "right-brow"
    LEFT_EYE = "left-eye"
    RIGHT_EYE = "right-eye"
    GLASSES = "glasses"
    NOSE = "nose"
    MOUTH = "mouth"
    """What an open mouth shows."""
    UPPER_LIP = "upper-lip"
    LOWER_LIP = "lower-lip"
