"""Makes mesh.onnx, the pixels of the swap without learned weights: python models/make_mesh.py.

The graph takes the portrait as it lies on the target, brings it into the target's light, and lets
the target's own eyes and inner mouth show through. It works in CIE L*a*b* (CIE 15:2004) with chroma
relative to lightness, c = a* / (L* + 10): reflectance scales both alike, so a dark brow carried to
a light skin keeps its hue instead of turning grey.

Light is matched on a 64×64 reduction of both: one offset and one bounded gain per channel, then
the low frequencies of what is left, finer ones towards the mask's edge. Where a skin loses colour
to become one of another lightness, what is paler than that skin loses less: the white of an eye
would turn cyan. What is darker than the target is there takes on as much more colour as the
target's own shadows have: light skin is warmer where it is darker, and grey would look like dirt.

A light skin in want of light is as dark as a dark one, but it has less contrast then: k times the
light is L* + 16 times the cube root of k. Light is wanting where even what is brightest around the
face is dark. Where the target is burnt out, the swap is as white.

What goes in and out is YUV 4:2:0 in the numbers of the video. Colour is made at half the size;
only lightness is taken at the whole. At a fixed relative chroma, encoded RGB + 0.055 goes about
with (L* + 16)^1.25 (the 1/2.4 of sRGB times the 3 of L*), so the luma of a 2×2 block becomes that
of its pixels by one factor.
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


def tensor(values: object, *shape: int) -> onnx.TensorProto:
    """A float32 constant."""
    return onnx.numpy_helper.from_array(np.asarray(values, np.float32).reshape(shape))


FROM_XZY = tensor(np.linalg.inv(XYZ_FROM_RGB)[:, [0, 2, 1]], 3, 3)
GAIN_MIN = tensor([1.05, 0.7, 0.7], 3, 1, 1)
# On a darker skin contrast is held back: brows and lashes would burn.
CALMED = tensor([0.2, 0.0, 0.0], 3, 1, 1)
GAIN_MAX = tensor([1.6, 1.3, 1.3], 3, 1, 1)
# How much of the low frequencies is the target's, for L, a, b: its shading, less its features.
WIDE_SHARE = tensor([0.4, 0.06, 0.06], 3, 1, 1)
NARROW_SHARE = tensor([0.12, 0.3, 0.3], 3, 1, 1)
# A dark skin's colours are blotches on a light one; its shading, made even, is the likeness.
NARROW_SHARE_LIGHTER = tensor([-0.12, 0.5, 0.5], 3, 1, 1)
F_FROM_AB = tensor([1 / 500, -1 / 200], 1, 2, 1, 1)
OFFSET = 0.055 * 255
ONLY_LIGHTNESS = tensor([1, 0, 0], 3, 1, 1)


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
    # The rims of glasses, say, are no contrast of the face.
    off = op.Clip(picture - mean, -15.0, 15.0)
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
def want_of_light(lightness: FLOAT) -> FLOAT:  # noqa: D103
    brightest = op.Pow(op.ReduceMean(op.Pow(lightness, 8.0), [1, 2]), 0.125)
    return op.Clip((34.0 - brightest) / 14.0, 0.0, 1.0)


@script()
def low_frequencies(  # noqa: D103
    rest: FLOAT, lightness: FLOAT, skin: FLOAT, weight: FLOAT, lighter_skin: FLOAT
):
    soft = skin + 0.0001
    weighted = op.Concat(rest * soft, lightness * soft, soft, axis=0)
    wide = smooth(weighted, 8.5)[0:3]
    narrow_and_around = smooth(weighted, 2.4)
    narrow = narrow_and_around[0:3]
    around = narrow_and_around[3:4]
    more = lighter_skin * op.Constant(value=NARROW_SHARE_LIGHTER)
    narrow_share = op.Constant(value=NARROW_SHARE) + more
    inner = wide * op.Constant(value=WIDE_SHARE) + narrow * narrow_share
    edge = 1.0 - op.Clip(weight * 2.0 - 1.0, 0.0, 1.0)
    burnt = op.Clip((around - 90.0) / 8.0, 0.0, 1.0)
    return inner + (narrow - inner) * op.Max(edge, burnt), around


@script()
def matched(texture: FLOAT, gain: FLOAT, offset: FLOAT, mean: FLOAT, unlike: FLOAT) -> FLOAT:  # noqa: D103
    skin = op.ReduceL2(mean[1:3], [0], keepdims=1) + 0.01
    lost = op.ReduceSum(offset[1:3] * mean[1:3], [0], keepdims=1) / (skin * skin) * -4.0
    own = op.Sqrt(texture[:, 1:2] * texture[:, 1:2] + texture[:, 2:3] * texture[:, 2:3])
    paler = op.Clip(1.0 - own / skin * 1.1, 0.0, 1.0)
    share = 1.0 - paler * op.Clip(lost, 0.0, 1.0) * unlike
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
def whole_luma(half: FLOAT, step: FLOAT, yuv_from_rgb: FLOAT) -> FLOAT:  # noqa: D103
    black = yuv_from_rgb[0, 3]
    scale = op.ReduceSum(yuv_from_rgb[0, 0:3])
    offset = scale * OFFSET
    # (1 + step)^1.25, to the second order
    factor = (step * 0.15625 + 1.25) * step + 1.0
    luma = doubled(half + offset) * factor + (black - offset)
    return op.Max(op.Min(luma, black + scale * 255.0), black)


@script()
def mesh(  # noqa: D103
    lightness: FLOAT["s", "s"],
    half: FLOAT[4, "s2", "s2"],
    y: UINT8["s", "s"],
    chroma: UINT8[2, "s2", "s2"],
    small: FLOAT[3, 64, 64],
    cover: FLOAT["s2", "s2"],
    keep: FLOAT["s", "s"],
    keep_half: FLOAT["s2", "s2"],
    yuv_from_rgb: FLOAT[3, 4],
):
    look = op.Unsqueeze(half, [0])
    texture = look[:, 0:3]
    weight = op.Unsqueeze(cover, [0, 1]) * look[:, 3:4]

    texture_s = op.Squeeze(op.Resize(texture, None, None, [1, 3, 64, 64], mode="linear"), [0])
    weight_s = op.Squeeze(op.Resize(weight, None, None, [1, 1, 64, 64], mode="linear"), [0])
    keep_s = op.Squeeze(
        op.Resize(op.Unsqueeze(keep_half, [0, 1]), None, None, [1, 1, 64, 64], mode="linear"), [0]
    )
    skin_s = weight_s * (1.0 - keep_s)

    total = op.ReduceSum(skin_s, [1, 2]) + 0.001
    texture_mean, texture_spread = mean_and_spread(texture_s, skin_s, total)
    target_mean, smallpread = mean_and_spread(small, skin_s, total)
    free = op.Sqrt((smallpread + 1e-6) / (texture_spread + 1e-6))
    bounded = op.Min(op.Max(free, op.Constant(value=GAIN_MIN)), op.Constant(value=GAIN_MAX))
    lighter_skin = op.Clip((target_mean[0:1] - texture_mean[0:1]) / 30.0, 0.0, 1.0)
    darker_skin = op.Clip((texture_mean[0:1] - target_mean[0:1]) / 30.0, 0.0, 1.0)
    apart = lighter_skin + darker_skin
    held_back = bounded * (1.0 - darker_skin * op.Constant(value=CALMED))
    dark = want_of_light(small[0:1])
    in_the_dark = (target_mean[0:1] + 16.0) / (texture_mean[0:1] + 16.0)
    less = op.Max(held_back - in_the_dark, 0.0) * op.Constant(value=ONLY_LIGHTNESS)
    gain = held_back - less * dark
    offset = target_mean - texture_mean * gain

    unlike = op.Max(apart, dark)
    lit_s = matched(op.Unsqueeze(texture_s, [0]), gain, offset, texture_mean, unlike)
    rest = small - op.Squeeze(lit_s, [0])
    low, around_s = low_frequencies(rest, small[0:1], skin_s, weight_s, lighter_skin)
    size = op.Shape(texture)
    correction = op.Resize(op.Unsqueeze(low, [0]), None, None, size, mode="linear")

    lit = matched(texture, gain, offset, texture_mean, unlike) + correction
    off = small - target_mean
    # How much more colour the target has for every L* that it is lighter: on light skin, less.
    spread = op.ReduceSum(off[0:1] * off[0:1] * skin_s, [1, 2])
    along = op.ReduceSum(off[0:1] * off[1:3] * skin_s, [1, 2]) / (spread + 1.0)
    told = apart * op.Clip((95.0 - target_mean[0:1]) / 10.0, 0.0, 1.0)
    slope = op.Clip(along, -0.02, 0.0) * told
    around = op.Unsqueeze(around_s, [0])
    lighter = lit[:, 0:1] - op.Resize(around, None, None, op.Shape(weight), mode="linear")
    own = lit[:, 1:3] + op.Clip(lighter, -12.0, 4.0) * slope
    bounded_l = op.Clip(lit[:, 0:1], 0.0, 100.0)
    rgb = rgb_from_relative_lab(bounded_l, own)
    yuv = op.Reshape(op.MatMul(yuv_from_rgb[:, 0:3], rgb), size)
    per_step = gain[0:1] / (bounded_l + 16.0)
    step = (op.Unsqueeze(lightness, [0, 1]) - doubled(texture[:, 0:1])) * doubled(per_step)
    lit_y = whole_luma(yuv[:, 0:1], step, yuv_from_rgb)
    lit_chroma = yuv[:, 1:3] + op.Unsqueeze(yuv_from_rgb[1:3, 3:4], [2])
    swapped_y = lit_y + (op.Cast(y, to=1) - lit_y) * op.Unsqueeze(keep, [0, 1])
    kept_half = op.Unsqueeze(keep_half, [0, 1])
    swapped_chroma = lit_chroma + (op.Cast(chroma, to=1) - lit_chroma) * kept_half
    new_y = op.Squeeze(swapped_y, [0, 1])
    new_chroma = op.Squeeze(swapped_chroma, [0])
    mask = op.Cast(op.Squeeze(weight, [0, 1]) * 255.0 + 0.5, to=2)
    return new_y, new_chroma, mask


if __name__ == "__main__":
    model = mesh.to_model_proto()
    outputs = {
        "new_y": (onnx.TensorProto.FLOAT, ["s", "s"]),
        "new_chroma": (onnx.TensorProto.FLOAT, [2, "s2", "s2"]),
        "mask": (onnx.TensorProto.UINT8, ["s2", "s2"]),
    }
    for value in model.graph.output:
        value.CopyFrom(onnx.helper.make_tensor_value_info(value.name, *outputs[value.name]))
    onnx.checker.check_model(model)
    path = Path(__file__).with_name("mesh.onnx")
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{path}: {path.stat().st_size} bytes")  # noqa: T201
