"""One emitter per TFLite operator: what it is in ONNX.

The semantics are those of TFLite's reference kernels; padding follows `SAME` as TensorFlow
defines it: out = ⌈in / stride⌉, and an odd sample of padding goes to the bottom and right.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import tflite

from livecam.runtime.tflite.builder import NCHW_FROM_NHWC, Builder
from livecam.runtime.tflite.flatfile import Operator

_NCHW_AXIS = (0, 2, 3, 1)
"""Where axis i of an NHWC value lies in NCHW."""


def emit(builder: Builder, operator: Operator) -> None:
    """Adds the ONNX nodes of `operator`.

    Raises:
        ModelError: The operator, or a way it is used, is not known here.
    """
    emitter = _EMITTERS.get(operator.kind)
    if emitter is None:
        raise builder.refusal(operator, "is not known")
    emitter(builder, operator)


def _dequantize(builder: Builder, operator: Operator) -> None:
    array = builder.array(operator.inputs[0])
    if array is None or array.dtype != np.float16:
        raise builder.refusal(operator, "of anything but float16 weights is not known")
    builder.fold(operator.outputs[0], array.astype(np.float32))


def _conv_2d(builder: Builder, operator: Operator) -> None:
    weights = _weights(builder, operator)  # (out, h, w, in)
    _convolution(builder, operator, weights.transpose(0, 3, 1, 2), group=1)


def _depthwise_conv_2d(builder: Builder, operator: Operator) -> None:
    weights = _weights(builder, operator)  # (1, h, w, channel × multiplier + m)
    channels = builder.shape(operator.inputs[0])[3]
    _convolution(builder, operator, weights.transpose(3, 0, 1, 2), group=channels)


def _weights(builder: Builder, operator: Operator) -> Any:
    weights = builder.array(operator.inputs[1])
    if weights is None:
        raise builder.refusal(operator, "with computed weights is not known")
    return weights


def _convolution(builder: Builder, operator: Operator, weights: Any, *, group: int) -> None:
    options = operator.options
    dilations = (options.DilationHFactor(), options.DilationWFactor())
    strides = (options.StrideH(), options.StrideW())
    kernel = weights.shape[2:]
    inputs = [builder.value(operator.inputs[0]), builder.constant(weights)]
    inputs += [builder.value(bias) for bias in operator.inputs[2:]]
    value = builder.node(
        "Conv",
        *inputs,
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        group=group,
        pads=_pads(builder, operator, kernel=kernel, strides=strides, dilations=dilations),
    )
    _finish(builder, operator, value)


def _max_pool_2d(builder: Builder, operator: Operator) -> None:
    options = operator.options
    kernel = (options.FilterHeight(), options.FilterWidth())
    strides = (options.StrideH(), options.StrideW())
    value = builder.node(
        "MaxPool",
        builder.value(operator.inputs[0]),
        kernel_shape=kernel,
        strides=strides,
        pads=_pads(builder, operator, kernel=kernel, strides=strides),
    )
    _finish(builder, operator, value)


def _pads(
    builder: Builder,
    operator: Operator,
    *,
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilations: tuple[int, int] = (1, 1),
) -> list[int]:
    """ONNX's pads: top, left, bottom, right."""
    if operator.options.Padding() == tflite.Padding.VALID:
        return [0, 0, 0, 0]
    before, after = [], []
    sizes = builder.shape(operator.inputs[0])[1:3]
    for size, taps, stride, dilation in zip(sizes, kernel, strides, dilations, strict=True):
        span = (taps - 1) * dilation + 1
        total = max((-(-size // stride) - 1) * stride + span - size, 0)
        before.append(total // 2)
        after.append(total - total // 2)
    return before + after


def _pad(builder: Builder, operator: Operator) -> None:
    amounts = builder.array(operator.inputs[1])  # (rank, 2): before, after
    if amounts is None:
        raise builder.refusal(operator, "by computed amounts is not known")
    source = builder.value(operator.inputs[0])
    if len(amounts) == 4 and not amounts[:3].any():
        # More channels, all zero: as a convolution it runs in the blocked layout of its
        # neighbours, where `Pad` would cost a reordering before and after it.
        channels = builder.shape(operator.inputs[0])[3]
        weights = np.pad(np.eye(channels, dtype=np.float32), (amounts[3], (0, 0)))
        value = builder.node(
            "Conv", source, builder.constant(weights[:, :, None, None]), kernel_shape=[1, 1]
        )
    else:
        order = list(NCHW_FROM_NHWC) if len(amounts) == 4 else slice(None)
        pads = builder.constant(amounts[order].T.astype(np.int64).ravel())
        value = builder.node("Pad", source, pads)
    builder.bind(operator.outputs[0], value)


def _prelu(builder: Builder, operator: Operator) -> None:
    slope = builder.array(operator.inputs[1])
    shape = builder.shape(operator.inputs[0])
    if slope is None or len(shape) != 4 or slope.size != shape[3]:
        raise builder.refusal(operator, "with any slope but one per channel is not known")
    # prelu(x) = slope·x + (1 − slope)·relu(x). ONNX Runtime has `PRelu` only in plain NCHW, so
    # every one costs two reorderings; in this form FaceMesh stays in the blocked layout and takes
    # seven tenths of the time. A `Relu` behind the convolution is done within it.
    source, gains = builder.value(operator.inputs[0]), 1 - slope.ravel()
    linear = _scaled(builder, source, slope.ravel())
    if (gains >= 0).all():
        rectified = builder.node("Relu", _scaled(builder, source, gains))
    else:
        rectified = _scaled(builder, builder.node("Relu", source), gains)
    builder.bind(operator.outputs[0], builder.node("Add", linear, rectified))


def _scaled(builder: Builder, value: str, gains: Any) -> str:
    """`value` with each channel times its gain, as a convolution, which has a blocked kernel."""
    weights = builder.constant(gains.reshape(-1, 1, 1, 1))
    return builder.node("Conv", value, weights, group=len(gains), kernel_shape=[1, 1])


def _relu(builder: Builder, operator: Operator) -> None:
    builder.bind(operator.outputs[0], builder.node("Relu", builder.value(operator.inputs[0])))


def _add(builder: Builder, operator: Operator) -> None:
    ranks = {len(builder.shape(index)) for index in operator.inputs}
    if len(ranks) != 1:
        raise builder.refusal(operator, "of values of different rank is not known")
    value = builder.node("Add", *(builder.value(index) for index in operator.inputs))
    _finish(builder, operator, value)


def _reshape(builder: Builder, operator: Operator) -> None:
    shape = builder.shape(operator.outputs[0])
    target = builder.constant(np.array(shape, np.int64))
    value = builder.node("Reshape", builder.nhwc(operator.inputs[0]), target)
    builder.bind(operator.outputs[0], builder.nchw(value, shape))


def _concatenation(builder: Builder, operator: Operator) -> None:
    rank = len(builder.shape(operator.outputs[0]))
    axis = operator.options.Axis() % rank
    value = builder.node(
        "Concat",
        *(builder.value(index) for index in operator.inputs),
        axis=_NCHW_AXIS[axis] if rank == 4 else axis,
    )
    _finish(builder, operator, value)


def _finish(builder: Builder, operator: Operator, value: str) -> None:
    """Adds the activation that is part of the operator, and names the result."""
    activation = operator.options.FusedActivationFunction()
    if activation == tflite.ActivationFunctionType.RELU:
        value = builder.node("Relu", value)
    elif activation == tflite.ActivationFunctionType.RELU6:
        bounds = (builder.constant(np.array(bound, np.float32)) for bound in (0, 6))
        value = builder.node("Clip", value, *bounds)
    elif activation != tflite.ActivationFunctionType.NONE:
        raise builder.refusal(operator, f"with fused activation {activation} is not known")
    builder.bind(operator.outputs[0], value)


_EMITTERS: dict[str, Callable[[Builder, Operator], None]] = {
    "ADD": _add,
    "CONCATENATION": _concatenation,
    "CONV_2D": _conv_2d,
    "DEPTHWISE_CONV_2D": _depthwise_conv_2d,
    "DEQUANTIZE": _dequantize,
    "MAX_POOL_2D": _max_pool_2d,
    "PAD": _pad,
    "PRELU": _prelu,
    "RELU": _relu,
    "RESHAPE": _reshape,
}
