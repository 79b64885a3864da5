"""Makes mesh.onnx, the pixels of the swap without learned weights: python models/make_mesh.py.

The graph samples the portrait along a grid, brings it into the target's light, and lets the
target's own eyes and inner mouth show through. It works in CIE L*a*b* (CIE 15:2004) with chroma
relative to lightness, c = a* / (L* + 10): reflectance scales both alike, so a dark brow carried to
a light skin keeps its hue instead of turning grey.

Light is matched on a 64×64 reduction of both: one offset and one bounded gain per channel, then
the low frequencies of what is left, finer ones towards the mask's edge. Sampling costs by the
channel, so chroma and skin are sampled at half the size; the result goes into 4:2:0 video.
"""

from pathlib import Path

import numpy as np
import onnx
from onnxscript import FLOAT, INT64, UINT8, script
from onnxscript import opset20 as op

XYZ_FROM_RGB = np.array(  # IEC 61966-2-1, rows scaled so that white is 1 (D65)
    [
        [0.4338874, 0.3762240, 0.1898887],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0177500, 0.1094476, 0.8728023],
    ]
)
LAB_FROM_F = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])


def tensor(values: object, *shape: int) -> onnx.TensorProto:
    """A float32 constant."""
    return onnx.numpy_helper.from_array(np.asarray(values, np.float32).reshape(shape))


def blur(sigma: float, *, across: bool) -> onnx.TensorProto:
    """One pass of a Gaussian over four channels, σ in px of the small picture."""
    radius = int(np.ceil(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    shape = (4, 1, 1, -1) if across else (4, 1, -1, 1)
    return tensor(np.tile(weights / weights.sum(), 4), *shape)


TO_XYZ = tensor(XYZ_FROM_RGB, 3, 3, 1, 1)
FROM_XYZ = tensor(np.linalg.inv(XYZ_FROM_RGB), 3, 3, 1, 1)
TO_LAB = tensor(LAB_FROM_F, 3, 3, 1, 1)
WIDE_ACROSS, WIDE_DOWN = blur(8.5, across=True), blur(8.5, across=False)
NARROW_ACROSS, NARROW_DOWN = blur(2.4, across=True), blur(2.4, across=False)
GAIN_MIN = tensor([1.1, 0.7, 0.7], 1, 3, 1, 1)
# Between skins far apart in lightness, contrast is held back: brows would burn, pores would stain.
CALMED = tensor([0.12, 0.0, 0.0], 1, 3, 1, 1)
GAIN_MAX = tensor([1.6, 1.3, 1.3], 1, 3, 1, 1)
# How much of the low frequencies is the target's, for L, a, b: its shading, less its features.
WIDE_SHARE = tensor([0.4, 0.06, 0.06], 1, 3, 1, 1)
NARROW_SHARE = tensor([0.0, 0.9, 0.9], 1, 3, 1, 1)


@script()
def small(picture: FLOAT, channels: INT64, block: INT64) -> FLOAT:  # noqa: D103
    blocks = op.Reshape(picture, op.Concat([1], channels, [64], block, [64], block, axis=0))
    return op.ReduceMean(blocks, [3, 5], keepdims=0)


@script()
def relative_lab(rgb: FLOAT) -> FLOAT:  # noqa: D103
    linear = op.Where(rgb <= 0.04045, rgb / 12.92, op.Pow((rgb + 0.055) / 1.055, 2.4))
    xyz = op.Conv(linear, op.Constant(value=TO_XYZ))
    f = op.Where(xyz <= 0.008856, xyz * 7.787 + 16.0 / 116.0, op.Pow(xyz, 1.0 / 3.0))
    lab = op.Conv(f, op.Constant(value=TO_LAB))
    f_y = f[:, 1:2]
    lightness = f_y * 116.0 - 16.0
    return op.Concat(lightness, lab[:, 1:3] / (lightness + 10.0), axis=1)


@script()
def rgb_from_relative_lab(lightness: FLOAT, chroma: FLOAT) -> FLOAT:  # noqa: D103
    bounded = op.Clip(lightness, 0.0, 100.0)
    ab = chroma * (bounded + 10.0)
    f_y = (bounded + 16.0) / 116.0
    f_x = f_y + ab[:, 0:1] / 500.0
    f_z = f_y - ab[:, 1:2] / 200.0
    f = op.Concat(f_x, f_y, f_z, axis=1)
    xyz = op.Where(f > 6.0 / 29.0, f * f * f, (f - 16.0 / 116.0) / 7.787)
    linear = op.Clip(op.Conv(xyz, op.Constant(value=FROM_XYZ)), 0.0, 1.0)
    # sRGB's x^(1/2.4) as a sum of roots, least squares: within 0.02 of 255 levels.
    root = op.Sqrt(linear)
    root_4 = op.Sqrt(root)
    root_8 = op.Sqrt(root_4)
    encoded = root * 0.64455852 + root_4 * 0.70994828 - linear * 0.01848529 - root_8 * 0.33605278
    return op.Where(linear <= 0.0031308, linear * 12.92, encoded)


@script()
def mean_and_spread(picture: FLOAT, weight: FLOAT, total: FLOAT):  # noqa: D103
    mean = op.ReduceSum(picture * weight, [2, 3]) / total
    off = picture - mean
    spread = op.ReduceSum(off * off * weight, [2, 3])
    return mean, spread


@script()
def smooth(weighted: FLOAT, across: FLOAT, down: FLOAT) -> FLOAT:  # noqa: D103
    once = op.Conv(weighted, across, group=4, auto_pad="SAME_UPPER")
    twice = op.Conv(once, down, group=4, auto_pad="SAME_UPPER")
    return twice[:, 0:3] / twice[:, 3:4]


@script()
def mesh(  # noqa: D103
    lightness: FLOAT[1, 1, "h", "w"],
    chroma_skin: FLOAT[1, 3, "h2", "w2"],
    grid: FLOAT[1, "s", "s", 2],
    grid_half: FLOAT[1, "s2", "s2", 2],
    target: UINT8[1, "s", "s", 3],
    cover: FLOAT[1, 1, "s", "s"],
    keep: FLOAT[1, 1, "s", "s"],
):
    light = op.GridSample(lightness, grid, mode="linear", padding_mode="border")
    half = op.GridSample(chroma_skin, grid_half, mode="linear", padding_mode="border")
    size = op.Shape(light, start=2, end=3)
    whole = op.Concat([1], [3], size, size, axis=0)
    double = op.Resize(half, None, None, whole, mode="linear")
    chroma = double[:, 0:2]
    weight = cover * double[:, 2:3]
    texture = op.Concat(light, chroma, axis=1)
    rgb = op.Transpose(op.Cast(target, to=1), perm=[0, 3, 1, 2])

    block = size / [64]
    texture_s = small(texture, [3], block)
    target_s = relative_lab(small(rgb, [3], block) / 255.0)
    weight_s = small(weight, [1], block)
    skin_s = small(weight * (1.0 - keep), [1], block)

    total = op.ReduceSum(skin_s, [2, 3]) + 0.001
    texture_mean, texture_spread = mean_and_spread(texture_s, skin_s, total)
    target_mean, target_spread = mean_and_spread(target_s, skin_s, total)
    free = op.Sqrt((target_spread + 1e-6) / (texture_spread + 1e-6))
    bounded = op.Min(op.Max(free, op.Constant(value=GAIN_MIN)), op.Constant(value=GAIN_MAX))
    apart = op.Clip(op.Abs(target_mean[:, 0:1] - texture_mean[:, 0:1]) / 30.0, 0.0, 1.0)
    gain = bounded * (1.0 - apart * op.Constant(value=CALMED))
    offset = target_mean - texture_mean * gain

    rest = target_s - (texture_s * gain + offset)
    soft = skin_s + 0.0001
    weighted = op.Concat(rest * soft, soft, axis=1)
    wide = smooth(weighted, op.Constant(value=WIDE_ACROSS), op.Constant(value=WIDE_DOWN))
    narrow = smooth(weighted, op.Constant(value=NARROW_ACROSS), op.Constant(value=NARROW_DOWN))
    inner = wide * op.Constant(value=WIDE_SHARE) + narrow * op.Constant(value=NARROW_SHARE)
    edge = 1.0 - op.Clip(weight_s * 2.0 - 1.0, 0.0, 1.0)
    low = inner + (narrow - inner) * edge + offset
    correction = op.Resize(low, None, None, whole, mode="linear")

    lit = texture * gain + correction
    swapped = rgb_from_relative_lab(lit[:, 0:1], lit[:, 1:3]) * 255.0
    blended = swapped + (rgb - swapped) * keep
    rounded = op.Clip(blended + 0.5, 0.0, 255.0)
    image = op.Cast(op.Transpose(rounded, perm=[0, 2, 3, 1]), to=2)
    mask = op.Cast(op.Squeeze(weight, [1]) * 255.0 + 0.5, to=2)
    return image, mask


if __name__ == "__main__":
    model = mesh.to_model_proto()
    for value, shape in zip(model.graph.output, ([1, "s", "s", 3], [1, "s", "s"]), strict=True):
        value.CopyFrom(
            onnx.helper.make_tensor_value_info(value.name, onnx.TensorProto.UINT8, shape)
        )
    onnx.checker.check_model(model)
    path = Path(__file__).with_name("mesh.onnx")
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{path}: {path.stat().st_size} bytes")  # noqa: T201
