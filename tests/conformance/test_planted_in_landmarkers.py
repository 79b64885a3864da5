"""Each mistake that could be made with a landmarker is found by the check of its model."""

from pathlib import Path

import pytest
from guess_check import check_guess
from landmarker_check import check_landmarker
from planting import Mistake

from livecam.errors import LivecamError
from livecam.runtime.manifest import Manifest

FOUND = (AssertionError, LivecamError, IndexError, ValueError)
"""How a check ends that has found something."""

NORMS = {
    "facemesh": [
        ('"rgb"', '"bgr"'),
        ("255.0, 255.0, 255.0", "127.5, 127.5, 127.5"),
        ("margin = 1.45", "margin = 1.4"),
        ('"nhwc"', '"nchw"'),
    ],
    "fan_2d_4": [
        ('"rgb"', '"bgr"'),
        ("255.0, 255.0, 255.0", "256.0, 256.0, 256.0"),
        ("margin = 1.3128", "margin = 1.3"),
        ("forehead = 0.3", "forehead = 0.25"),
        ("[0.0, 0.9]", "[0.0, 1.0]"),
        ('"fan"', '"peppa"'),
    ],
    "peppa_wutz": [
        ('"bgr"', '"rgb"'),
        ("255.0, 255.0, 255.0", "1.0, 1.0, 1.0"),
        ("[0.0, 0.95]", "[0.0, 0.9]"),
    ],
    "fan_68_5": [("ffhq_512", "arcface_128"), ("ffhq_512", "mtcnn_512")],
    "insightface_2d106": [
        ('"rgb"', '"bgr"'),
        ('"rgb"', '"rgb"\nmean = [127.5, 127.5, 127.5]\nstd = [128.0, 128.0, 128.0]'),
        ("margin = 1.5", "margin = 1.6"),
        ("forehead = 0.3", "forehead = 0.0"),
        ('name = "data"', 'name = "input"'),
    ],
    "openseeface_66": [
        ('"rgb"', '"bgr"'),
        ("123.675, 116.28, 103.53", "103.53, 116.28, 123.675"),
        ("123.675, 116.28, 103.53", "127.5, 127.5, 127.5"),
        ("58.395, 57.12, 57.375", "57.375, 57.12, 58.395"),
        ("58.395, 57.12, 57.375", "127.5, 127.5, 127.5"),
        ("[1.2, 1.25]", "[1.25, 1.2]"),
        ("[1.2, 1.25]", "1.25"),
        ("[0.45, 0.85]", "[0.4, 0.85]"),
    ],
}
CODE = {
    ("facemesh", "landmarkers.facemesh"): [
        ("[0.5, 0.5, 0]", "[0, 0, 0]"),
        ("[0.5, 0.5, 0]", "[1, 1, 0]"),
        ("reshape(_POINTS, 3)", "reshape(3, _POINTS).T"),
        ("places, logit = outputs", "logit, places = outputs"),
        ("math.tanh(logit / 2)", "math.tanh(logit)"),
    ],
    ("fan_2d_4", "landmarkers.fan"): [
        ("_GRID = 64", "_GRID = 63"),
        (" - 0.5)", ")"),
        (" - 0.5)", " + 0.5)"),
        ("places[:, :2]", "places[:, 1::-1]"),
        ("places[:, :2]", "places[:, 1:]"),
        ("places, maps = outputs", "maps, places = outputs"),
        ("maps.max(axis=(2, 3)).mean()", "maps.max()"),
        ("maps.max(axis=(2, 3)).mean()", "maps.mean()"),
        ("size / _GRID", "size / 4 / _GRID"),
    ],
    ("peppa_wutz", "landmarkers.fan"): [
        ("places[:, 2].mean()", "places[:, 2].min()"),
        ("places[:, 2].mean()", "places[:, 1].mean()"),
        ("places.reshape(-1, 3)", "places.reshape(3, -1).T"),
    ],
    ("fan_68_5", "landmarkers.fan_68_5"): [
        ("self._template, 1)", "self._template, 512)"),
        ("invert(space_from_frame)", "space_from_frame"),
        ("transform(five, space_from_frame)[None]", "five[None]"),
        ("five_points(around)", "around[:5]"),
        ("plausibility(five)", "1.0"),
    ],
    ("insightface_2d106", "landmarkers.insightface"): [
        ("+ 1)", "+ 0.5)"),
        ("size / 2", "size"),
        (" - 0.5)", ")"),
        ("reshape(-1, 2)", "reshape(2, -1).T"),
        ("reshape(-1, 2)", "reshape(-1, 2)[:, ::-1]"),
    ],
    ("openseeface_66", "landmarkers.openseeface"): [
        ("confidence, down, right", "confidence, right, down"),
        ("confidence, down, right", "down, confidence, right"),
        ("rows, columns = np.divmod", "columns, rows = np.divmod"),
        ("_REACH = 16", "_REACH = 8"),
        ("last = size - 1", "last = size"),
        ("maps.shape[3] - 1)", "maps.shape[3])"),
        ("np.log(p / (1 - p))", "np.log((1 - p) / p)"),
        ("np.log(p / (1 - p))", "(p - 0.5)"),
        ("+ _offset(right[every, cells])", ""),
        ("+ _offset(down[every, cells])", "+ _offset(down[every, 0])"),
        ("confidence[every, cells].mean()", "confidence[every, cells].max()"),
        ("confidence[every, cells].mean()", "confidence.mean()"),
    ],
    ("insightface_2d106", "landmarkers.closeup"): [
        ("* self._size - 0.5", "- 0.5"),
        ("invert(crop_from_frame)", "crop_from_frame"),
        ("forehead=head.forehead", "forehead=0.0"),
    ],
    ("fan_2d_4", "landmarkers.closeup"): [
        ("(confidence - nothing)", "(confidence + nothing + 0.1)"),
        ("(certain - nothing)", "certain * 2"),
    ],
    ("openseeface_66", "vision.mesh"): [
        ("[[cosine, sine], [-sine, cosine]]", "[[cosine, -sine], [sine, cosine]]"),
        ("side / (margin[0] * width), side", "side / (margin[1] * width), side"),
        ("margin[0] * width", "margin[0] * height"),
        ("(side - 1) / 2", "side / 2"),
        ("gain_x * (left + right) / 2", "gain_x * left"),
        ("gain_y * -sine", "gain_y * sine"),
        ("np.float32(len(parts))", "np.float32(2)"),
    ],
    ("fan_2d_4", "vision.mesh"): [
        ("top -= forehead", "bottom += forehead"),
        ("forehead * (bottom - top)", "forehead * (right - left)"),
        ("max(width, height))", "min(width, height))"),
        ("max(width, height))", "width)"),
        ("max(width, height))", "height)"),
        ("across, down = right_x - left_x, right_y - left_y", "across, down = 1.0, 0.0"),
    ],
    ("facemesh", "vision.mesh"): [
        ("[0, 0, scale(affine)]", "[0, 0, 1]"),
        ("[a, c, 0], [b, d, 0]", "[a, b, 0], [c, d, 0]"),
    ],
    ("openseeface_66", "vision.layout"): [
        ("[30], [58], [62]", "[30], [48], [54]"),
        ("range(36, 42), range(42, 48), [30], [58]", "range(42, 48), range(36, 42), [30], [58]"),
    ],
    ("insightface_2d106", "vision.layout"): [
        ("[[38], [88], [86], [52], [61]]", "[[34], [88], [86], [52], [61]]"),
    ],
}  # fmt: skip
MISTAKES = [
    *(Mistake(model, "manifest", *pair) for model, pairs in NORMS.items() for pair in pairs),
    *(Mistake(*place, *pair) for place, pairs in CODE.items() for pair in pairs),
]


def check(manifest: Manifest, folder: Path) -> None:
    (check_guess if manifest.name == "fan_68_5" else check_landmarker)(manifest, folder)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_is_found(mistake: Mistake, tmp_path: Path) -> None:
    with mistake.planted(tmp_path) as manifest, pytest.raises(FOUND):
        check(manifest, tmp_path)


@pytest.mark.parametrize("where", ["vision.mesh", "vision.layout", "landmarkers.closeup"])
def test_without_a_mistake_nothing_is_found(where: str, tmp_path: Path) -> None:
    with Mistake("openseeface_66", where, "def ", "def ").planted(tmp_path) as manifest:
        check(manifest, tmp_path)
