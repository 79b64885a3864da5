"""How much five points look like those of a face, for models that do not say how sure they are."""

import numpy as np

from livecam.errors import PipelineError
from livecam.face import Points
from livecam.vision.geometry import similarity, transform
from livecam.vision.templates import TEMPLATES

_FRONT = TEMPLATES["arcface_112_v2"]
_EYES = float(np.linalg.norm(_FRONT[1] - _FRONT[0]))
_ODD = 0.75
"""Mean distance from the template, in eye distances, at which nothing speaks for a face: what
points strewn at random come to. Heads turned by 55° reach a third of it."""


def plausibility(five: Points) -> float:
    """1 where the points lie as in a face that looks straight ahead, less the further they do not.

    It tells shuffled or scattered points from a face, not a face from a wall in which a model
    sees one.

    Args:
        five: float32 (5, 2), in any unit, ordered as `Detection.landmarks`, at any roll.
    """
    try:
        laid = transform(five, similarity(five, _FRONT))
    except PipelineError:
        return 0.0
    off = np.linalg.norm(laid - _FRONT, axis=1).mean() / _EYES
    return max(1 - float(off) / _ODD, 0.0)
