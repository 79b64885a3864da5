"""The swap itself: who is swapped, with what, and what is shown when nobody can be."""

from livecam.swap.options import (
    Corner,
    Faces,
    LabelOptions,
    Lock,
    OnLost,
    Order,
    Show,
    SwapOptions,
)
from livecam.swap.processor import FaceSwap, SwapReport

__all__ = [
    "Corner",
    "FaceSwap",
    "Faces",
    "LabelOptions",
    "Lock",
    "OnLost",
    "Order",
    "Show",
    "SwapOptions",
    "SwapReport",
]
