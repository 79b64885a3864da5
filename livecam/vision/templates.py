"""Where models want the five points to lie in their crops.

Each template is float32 (5, 2), 0–1 across the crop, in the order of `Detection.landmarks`: eye,
eye, nose tip, mouth corner, mouth corner, the picture's left first. Multiply by the crop's size
and fit with `livecam.vision.geometry.similarity`.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from livecam.face import Points


def _points(*points: tuple[float, float]) -> Points:
    template = np.array(points, np.float32)
    template.flags.writeable = False
    return template


TEMPLATES: Mapping[str, Points] = MappingProxyType(
    {
        "arcface_112_v1": _points(
            (0.35473214, 0.45658929),
            (0.64526786, 0.45658929),
            (0.50000000, 0.61154464),
            (0.37913393, 0.77687500),
            (0.62086607, 0.77687500),
        ),
        "arcface_112_v2": _points(
            (0.34191607, 0.46157411),
            (0.65653393, 0.45983393),
            (0.50022500, 0.64050536),
            (0.37097589, 0.82469196),
            (0.63151696, 0.82325089),
        ),
        "arcface_128": _points(
            (0.36167656, 0.40387734),
            (0.63696719, 0.40235469),
            (0.50019687, 0.56044219),
            (0.38710391, 0.72160547),
            (0.61507734, 0.72034453),
        ),
        "ffhq_512": _points(
            (0.37691676, 0.46864664),
            (0.62285697, 0.46912813),
            (0.50123859, 0.61331904),
            (0.39308822, 0.72541100),
            (0.61150205, 0.72490465),
        ),
        "mtcnn_512": _points(
            (0.36562865, 0.46733799),
            (0.63305391, 0.46585885),
            (0.50019127, 0.61942959),
            (0.39032951, 0.77598822),
            (0.61178945, 0.77476328),
        ),
        "dfl_whole_face": _points(
            (0.35342266, 0.39285716),
            (0.62797622, 0.39285716),
            (0.48660713, 0.54017860),
            (0.38839287, 0.68750011),
            (0.59821427, 0.68750011),
        ),
    }
)
"""By the name that manifests use: the recogniser or data set that set it, and its crop in px."""
