"""Each mistake that could be made with a detector is found by the check of its model."""

from pathlib import Path

import pytest
from detector_check import check_detector
from planting import Mistake

from livecam.errors import LivecamError

FOUND = (AssertionError, LivecamError, IndexError, ValueError)
"""How a check ends that has found something."""

NORMS = {
    "yunet": [('"bgr"', '"rgb"'), ('"bgr"', '"bgr"\nmean = [1.0, 0.0, 0.0]')],
    "centerface": [('"rgb"', '"bgr"'), ('"rgb"', '"rgb"\nstd = [255.0, 255.0, 255.0]')],
    "yoloface_8n": [('"rgb"', '"bgr"'), ("255.0, 255.0, 255.0", "256.0, 256.0, 256.0")],
    "scrfd_2_5g": [
        ('"rgb"', '"bgr"'),
        ("127.5, 127.5, 127.5", "128.0, 128.0, 128.0"),
        ("127.5, 127.5, 127.5", "0.0, 0.0, 0.0"),
        ("128.0, 128.0, 128.0", "127.5, 127.5, 127.5"),
        ("128.0, 128.0, 128.0", "255.0, 255.0, 255.0"),
        ('"nchw"', '"nhwc"'),
        ('name = "input.1"', 'name = "input"'),
        ('"scrfd"', '"yunet"'),
    ],
    "scrfd_10g": [('"rgb"', '"bgr"'), ("127.5, 127.5, 127.5", "127.0, 127.0, 127.0")],
}
CODE = {
    ("scrfd_2_5g", "detectors.scrfd"): [
        ("kept // _ANCHORS", "kept % (len(scores) // _ANCHORS)"),
        ("_ANCHORS = 2", "_ANCHORS = 1"),
        ("(8, 16, 32)", "(8, 16, 64)"),
        ("(8, 16, 32)", "(32, 16, 8)"),
        ("outputs[level::3]", "outputs[3 * level : 3 * level + 3]"),
        ("[columns, rows]", "[rows, columns]"),
        ("corner = np.stack(", "corner = 0.5 + np.stack("),
        ("corner - distances[:, :2]", "corner + distances[:, :2]"),
        ("corner + distances[:, 2:]", "corner + distances[:, :2]"),
        ("boxes * stride", "boxes * 16"),
        ("landmarks * stride", "landmarks * 16"),
        ("reshape(-1, 5, 2)", "reshape(-1, 5, 2)[..., ::-1]"),
        ("reshape(-1, 5, 2)", "reshape(-1, 5, 2)[:, ::-1]"),
        (" + corner[:, None]", ""),
        ("width // stride", "width // stride + 1"),
    ],
    ("yunet", "detectors.yunet"): [
        ("np.sqrt(", "np.square("),
        ("class_score[:, 0] *", "object_score[:, 0] *"),
        ("object_score[:, 0])", "class_score[:, 0])"),
        ("(8, 16, 32)", "(16, 32, 64)"),
        ("outputs[level::3]", "outputs[4 * level : 4 * level + 4]"),
        ("cells % columns, cells // columns", "cells // columns, cells % columns"),
        ("(box[cells, :2] + origin)", "(box[cells, :2] + origin + 0.5)"),
        ("np.exp(box[cells, 2:])", "box[cells, 2:]"),
        ("np.exp(box[cells, 2:])", "np.exp(box[cells, :1:-1])"),
        ("reshape(-1, 5, 2)", "reshape(-1, 5, 2)[..., ::-1]"),
        ("centre + size / 2", "centre + size"),
    ],
    ("centerface", "detectors.centerface"): [
        ("rows, columns] + 0.5", "rows, columns]"),
        ("_STRIDE = 4", "_STRIDE = 8"),
        ("heat, sizes, offsets, places", "heat, offsets, sizes, places"),
        ("centre - size / 2", "centre - size[::-1] / 2"),
        ("reshape(5, 2, -1)", "reshape(2, 5, -1).transpose(1, 0, 2)"),
        ("np.exp(sizes[:, rows, columns])", "sizes[:, rows, columns]"),
        ("offsets[:, rows, columns]", "offsets[::-1, rows, columns]"),
        ("[..., ::-1]", ""),
    ],
    ("yoloface_8n", "detectors.yoloface"): [
        ("columns[:2], columns[2:4]", "columns[2:4], columns[:2]"),
        ("centre - size / 2, centre + size / 2", "centre, centre + size"),
        ("columns[4]", "columns[7]"),
        ("[..., :2]", "[..., 1:]"),
        ("[..., :2]", "[..., 1::-1]"),
        ("reshape(-1, 5, 3)", "reshape(-1, 3, 5).transpose(0, 2, 1)"),
    ],
    ("scrfd_10g", "detectors.thumbnail"): [
        ("found.boxes - 0.5", "found.boxes"),
        ("found.landmarks - 0.5", "found.landmarks"),
        ("found.landmarks - 0.5", "found.landmarks - 1"),
        ("corners / scale", "corners / scale[::-1]"),
        ("landmarks / scale", "landmarks / scale[0]"),
        ("turns = angle // 90", "turns = -(angle // 90) % 4"),
        ("turns, width, height), axis=1)", "turns, width, height), axis=0)"),
        ("x, y = width - y, x", "x, y = y, height - x"),
        ("x, y = width - x, height - y", "x, y = width - x, y"),
        ("x, y = y, height - x", "x, y = y, width - x"),
        ("width=image.shape[1]", "width=image.shape[0]"),
    ],
    ("scrfd_10g", "runtime.tensor"): [
        ('== "bgr"', '== "rgb"'),
        ("tensor[0] -= mean / std", "tensor[0] -= mean"),
        ("tensor[0] -= mean / std", "tensor[0] += mean / std"),
        ("1 / std", "std"),
        ("transpose(2, 0, 1)", "transpose(2, 1, 0)"),
    ],
}  # fmt: skip
MISTAKES = [
    *(Mistake(model, "manifest", *pair) for model, pairs in NORMS.items() for pair in pairs),
    *(Mistake(*place, *pair) for place, pairs in CODE.items() for pair in pairs),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_is_found(mistake: Mistake, tmp_path: Path) -> None:
    with mistake.planted(tmp_path) as manifest, pytest.raises(FOUND):
        check_detector(manifest, tmp_path)


def test_without_a_mistake_nothing_is_found(tmp_path: Path) -> None:
    same = Mistake("scrfd_10g", "detectors.scrfd", "(8, 16, 32)", "(8, 16, 32)")
    with same.planted(tmp_path) as manifest:
        check_detector(manifest, tmp_path)
