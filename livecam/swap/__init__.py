"""The swap itself: who is swapped, with what, and what is shown when nobody can be."""

from livecam.swap.options import Faces, OnLost, SwapOptions
from livecam.swap.processor import FaceSwap

__all__ = ["FaceSwap", "Faces", "OnLost", "SwapOptions"]
