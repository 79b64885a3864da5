"""Makes mesh.onnx, the pixels of the swap without learned weights: python models/make_mesh.py.

The graph samples the portrait along a grid, brings it into the target's light, and lets the
target's own eyes and inner mouth show through. It works in CIE L*a*b* (CIE 15:2004) with chroma
relative to lightness, c = a* / (L* + 10): reflectance scales both alike, so a dark brow carried to
a light skin keeps its hue instead of turning grey.

Light is matched on a 64×64 reduction of both: one offset and one bounded gain per channel, then
the low frequencies of what is left, finer ones towards the mask's edge. Where a skin loses colour
to become one of another lightness, what is paler than that skin loses less: the white of an eye
would turn cyan. What is darker than the target is there takes on as much more colour as the
target's own shadows have: light skin is warmer where it is darker, and grey would look like dirt.

Colour is made at half the size, for the result goes into 4:2:0 video; only lightness is sampled at
the whole. At a fixed relative chroma, encoded RGB + 0.055 goes about with (L* + 16)^1.25 (the
1/2.4 of sRGB times the 3 of L*), so the colour of a 2×2 block becomes that of its pixels by one
factor.
"""

from pathlib import Path

import numpy as np
import onnx
from onnxscript import FLOAT, UINT8, script
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


TO_XYZ = tensor(XYZ_FROM_RGB, 3, 3)
FROM_XZY = tensor(np.linalg.inv(XYZ_FROM_RGB)[:, [0, 2, 1]], 3, 3)
TO_LAB = tensor(LAB_FROM_F, 3, 3)
GAIN_MIN = tensor([1.1, 0.7, 0.7], 3, 1, 1)
# Between skins far apart in lightness, contrast is held back: brows would burn, pores would stain.
CALMED = tensor([0.12, 0.0, 0.0], 3, 1, 1)
GAIN_MAX = tensor([1.6, 1.3, 1.3], 3, 1, 1)
# How much of the low frequencies is the target's, for L, a, b: its shading, less its features.
WIDE_SHARE = tensor([0.4, 0.06, 0.06], 3, 1, 1)
NARROW_SHARE = tensor([0.0, 0.9, 0.9], 3, 1, 1)
F_FROM_AB = tensor([1 / 500, -1 / 200], 1, 2, 1, 1)
OFFSET = 0.055 * 255


@script()
def relative_lab(rgb: FLOAT) -> FLOAT:  # noqa: D103
    linear = op.Where(rgb <= 0.04045, rgb / 12.92, op.Pow((rgb + 0.055) / 1.055, 2.4))
    xyz = op.MatMul(op.Constant(value=TO_XYZ), linear)
    f = op.Where(xyz <= 0.008856, xyz * 7.787 + 16.0 / 116.0, op.Pow(xyz, 1.0 / 3.0))
    lab = op.MatMul(op.Constant(value=TO_LAB), f)
    lightness = lab[0:1] - 16.0
    return op.Concat(lightness, lab[1:3] / (lightness + 10.0), axis=0)


@script()
def rgb_from_relative_lab(lightness: FLOAT, chroma: FLOAT) -> FLOAT:  # noqa: D103
    f_y = (lightness + 16.0) / 116.0
    f_xz = chroma * op.Constant(value=F_FROM_AB) * (lightness + 10.0) + f_y
    f = op.Reshape(op.Concat(f_xz, f_y, axis=1), [3, -1])
    # The cube, and below 6/29 its tangent, which is where CIE's straight part lies.
    cubed = op.Max(f, 6.0 / 29.0)
    xyz = cubed * cubed * cubed + (f - cubed) * (108.0 / 841.0)
    linear = op.Clip(op.MatMul(op.Constant(value=FROM_XZY), xyz), 0.0, 1.0)
    # sRGB's x^(1/2.4) as a sum of roots, least squares: within 0.02 of 255 levels.
    curved = op.Max(linear, 0.0031308)
    root = op.Sqrt(curved)
    root_4 = op.Sqrt(root)
    root_8 = op.Sqrt(root_4)
    encoded = root * 0.64455852 + root_4 * 0.70994828 - curved * 0.01848529 - root_8 * 0.33605278
    return (encoded + (linear - curved) * 12.92) * 255.0


@script()
def mean_and_spread(picture: FLOAT, weight: FLOAT, total: FLOAT):  # noqa: D103
    mean = op.ReduceSum(picture * weight, [1, 2]) / total
    off = picture - mean
    spread = op.ReduceSum(off * off * weight, [1, 2])
    return mean, spread


@script()
def smooth(weighted: FLOAT, sigma: FLOAT) -> FLOAT:  # noqa: D103
    at = op.Range(0.0, 64.0, 1.0)
    apart = (op.Unsqueeze(at, [0]) - op.Unsqueeze(at, [1])) / sigma
    gaussian = op.Exp(apart * apart * -0.5)
    twice = op.MatMul(gaussian, op.MatMul(weighted, gaussian))
    return twice[0:-1] / twice[-1:]


@script()
def matched(texture: FLOAT, gain: FLOAT, offset: FLOAT, mean: FLOAT, apart: FLOAT) -> FLOAT:  # noqa: D103
    skin = op.ReduceL2(mean[1:3], [0], keepdims=1) + 0.01
    lost = op.ReduceSum(offset[1:3] * mean[1:3], [0], keepdims=1) / (skin * skin) * -4.0
    own = op.ReduceL2(texture[:, 1:3], [1], keepdims=1)
    paler = op.Clip(1.0 - own / skin * 1.1, 0.0, 1.0)
    share = 1.0 - paler * op.Clip(lost, 0.0, 1.0) * apart
    chroma = texture[:, 1:3] * gain[1:3] + share * offset[1:3]
    return op.Concat(texture[:, 0:1] * gain[0:1] + offset[0:1], chroma, axis=1)


@script()
def doubled(picture: FLOAT) -> FLOAT:  # noqa: D103
    return op.Resize(
        picture,
        None,
        [1.0, 1.0, 2.0, 2.0],
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


@script()
def mesh(  # noqa: D103
    lightness: FLOAT[1, 1, "h", "w"],
    half: FLOAT[1, 4, "h2", "w2"],
    grid: FLOAT[1, "s", "s", 2],
    grid_half: FLOAT[1, "s2", "s2", 2],
    target: UINT8[1, 3, "s", "s"],
    target_small: UINT8[3, 64, 64],
    cover: FLOAT[1, 1, "s2", "s2"],
    keep: FLOAT[1, 1, "s", "s"],
):
    # Padding is never met, but with zeros the sampler takes a faster way.
    light = op.GridSample(lightness, grid, mode="linear", padding_mode="zeros")
    look = op.GridSample(half, grid_half, mode="linear", padding_mode="zeros")
    texture = look[:, 0:3]
    weight = cover * look[:, 3:4]

    texture_s = op.Squeeze(op.Resize(texture, None, None, [1, 3, 64, 64], mode="linear"), [0])
    weight_s = op.Squeeze(op.Resize(weight, None, None, [1, 1, 64, 64], mode="linear"), [0])
    keep_s = op.Squeeze(op.Resize(keep, None, None, [1, 1, 64, 64], mode="linear"), [0])
    flat = op.Reshape(op.Cast(target_small, to=1), [3, 4096]) / 255.0
    target_s = op.Reshape(relative_lab(flat), [3, 64, 64])
    skin_s = weight_s * (1.0 - keep_s)

    total = op.ReduceSum(skin_s, [1, 2]) + 0.001
    texture_mean, texture_spread = mean_and_spread(texture_s, skin_s, total)
    target_mean, target_spread = mean_and_spread(target_s, skin_s, total)
    free = op.Sqrt((target_spread + 1e-6) / (texture_spread + 1e-6))
    bounded = op.Min(op.Max(free, op.Constant(value=GAIN_MIN)), op.Constant(value=GAIN_MAX))
    apart = op.Clip(op.Abs(target_mean[0:1] - texture_mean[0:1]) / 30.0, 0.0, 1.0)
    gain = bounded * (1.0 - apart * op.Constant(value=CALMED))
    offset = target_mean - texture_mean * gain

    lit_s = matched(op.Unsqueeze(texture_s, [0]), gain, offset, texture_mean, apart)
    rest = target_s - op.Squeeze(lit_s, [0])
    soft = skin_s + 0.0001
    weighted = op.Concat(rest * soft, target_s[0:1] * soft, soft, axis=0)
    wide = smooth(weighted, 8.5)[0:3]
    narrow_and_around = smooth(weighted, 2.4)
    narrow = narrow_and_around[0:3]
    inner = wide * op.Constant(value=WIDE_SHARE) + narrow * op.Constant(value=NARROW_SHARE)
    edge = 1.0 - op.Clip(weight_s * 2.0 - 1.0, 0.0, 1.0)
    low = inner + (narrow - inner) * edge
    size = op.Shape(texture)
    correction = op.Resize(op.Unsqueeze(low, [0]), None, None, size, mode="linear")

    lit = matched(texture, gain, offset, texture_mean, apart) + correction
    off = target_s - target_mean
    # How much more colour the target has for every L* that it is lighter: on light skin, less.
    along = op.ReduceSum(off[0:1] * off[1:3] * skin_s, [1, 2]) / (target_spread[0:1] + 1.0)
    slope = op.Clip(along, -0.02, 0.0) * apart
    around = op.Unsqueeze(narrow_and_around[3:4], [0])
    lighter = lit[:, 0:1] - op.Resize(around, None, None, op.Shape(weight), mode="linear")
    chroma = lit[:, 1:3] + op.Clip(lighter, -12.0, 4.0) * slope
    bounded_l = op.Clip(lit[:, 0:1], 0.0, 100.0)
    colour = op.Reshape(rgb_from_relative_lab(bounded_l, chroma), size) + OFFSET
    per_step = gain[0:1] / (bounded_l + 16.0)
    step = (light - doubled(texture[:, 0:1])) * doubled(per_step)
    # (1 + step)^1.25, to the second order
    factor = (step * 0.15625 + 1.25) * step + 1.0
    swapped = op.Clip(doubled(colour) * factor - OFFSET, 0.0, 255.0)
    blended = swapped + (op.Cast(target, to=1) - swapped) * keep
    image = op.Cast(blended + 0.5, to=2)
    mask = op.Cast(op.Squeeze(weight, [1]) * 255.0 + 0.5, to=2)
    return image, mask


if __name__ == "__main__":
    model = mesh.to_model_proto()
    for value, shape in zip(model.graph.output, ([1, 3, "s", "s"], [1, "s2", "s2"]), strict=True):
        value.CopyFrom(
            onnx.helper.make_tensor_value_info(value.name, onnx.TensorProto.UINT8, shape)
        )
    onnx.checker.check_model(model)
    path = Path(__file__).with_name("mesh.onnx")
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{path}: {path.stat().st_size} bytes")  # noqa: T201
