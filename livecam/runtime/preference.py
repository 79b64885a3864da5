"""Which execution provider suits which model, and what each is told. Facts and rules, no trying."""

import hashlib
import json
import os
import sys
from collections.abc import Collection
from functools import cache
from importlib import import_module
from pathlib import Path

import platformdirs

from livecam.runtime.ort import onnxruntime

ORDER = ("tensorrt", "cuda", "migraphx", "coreml", "dml", "openvino", "cpu")
"""Best first. The wheels have few of them each: tensorrt and cuda come together, coreml and dml
with the wheels of their systems, openvino with its own."""

HEAVY_BYTES = 20_000_000
"""Size of a model's file from which a run takes so long that all cores, and lower precision, pay.

Measured, one thread, OpenVINO against the CPU provider in the same process. 554 MB is
inswapper_128's graph and 45 MB the same at a quarter of its width, both with generated weights;
error in levels of 8 bit.

| weights | CPU with AVX512_BF16: CPU provider, OpenVINO f32, bf16 | bf16 error mean, max |
|---|---|---|
| 554 MB | 3289, 3408, 1585 ms: × 2.1 | 0.8, 13 (45.3 dB) |
| 45 MB | 242, 252, 111 ms: × 2.2 | 1.1, 17 (43.3 dB) |
| 23 MB, the same in fp16 | 222, 208, 108 ms: × 2.1 | 1.1, 12 (43.5 dB) |
| CenterFace 7.3 MB | 8.9, 10.1, 5.7 ms: × 1.6 | |
| MobileFaceNet 4.1 MB | 5.0, 5.1, 3.0 ms: × 1.7 | cosine to itself 0.9995 |
| FaceMesh 2.3 MB | 1.4, 1.6, 1.2 ms: × 1.2 | 0.6 px of 192 at the worst landmark |

Two threads halve each figure of 554 MB (1613, 1713, 805 ms). With AMX bf16 was measured as × 5.7
for 554 MB. So OpenVINO pays in bf16 only; small models gain
milliseconds at most, and landmarks lose precision that is seen as trembling: they stay on the CPU
provider, and so does everything where the CPU lacks bf16.
"""


def ranked(available: Collection[str]) -> tuple[str, ...]:
    """Those of `available`, by short name, that livecam tries by itself, best first."""
    return tuple(name for name in ORDER if name in available)


def held_back(provider: str, model: Path) -> str:
    """Why `provider` is not worth a try for the model, in one line; empty when it is."""
    if provider == "tensorrt" and not has_engine(model):
        return (
            "its engine is not built, which takes minutes; it is built, and taken from then on, "
            'in a run that asks for it: --set \'models.providers=["tensorrt","cuda","cpu"]\''
        )
    if provider == "openvino":
        if not has_bf16():
            return "it is no faster than the CPU provider on a CPU without AVX512_BF16"
        if not is_heavy(model):
            return "the model is small: it gains little and loses precision"
    return ""


def provider_options(provider: str, *, threads: int, heavy: bool, engines: Path) -> dict[str, str]:
    """What `provider` is told for one model.

    Args:
        provider: Its short name.
        threads: Number of CPU threads of one run.
        heavy: Whether the model is; see `is_heavy`.
        engines: Folder that TensorRT keeps the model's engine in.
    """
    match provider:
        case "cuda":
            # Exhaustive search, the default, makes a first run last seconds; doubling arenas
            # take GPU memory that the other models need.
            return {
                "cudnn_conv_algo_search": "HEURISTIC",
                "arena_extend_strategy": "kSameAsRequested",
            }
        case "tensorrt":
            return {
                "trt_engine_cache_enable": "True",
                "trt_engine_cache_path": str(engines),
                "trt_timing_cache_enable": "True",
                "trt_timing_cache_path": str(engines),
            }
        case "coreml":
            # The older format, the default, takes far fewer operators.
            return {"ModelFormat": "MLProgram", "MLComputeUnits": "ALL"}
        case "openvino":
            precision = lowered_precision(provider, heavy=heavy) or "f32"
            # A path in place of the JSON would be ignored without a word.
            config = {"CPU": {"INFERENCE_PRECISION_HINT": precision}}
            return {
                "device_type": "CPU",
                "num_of_threads": str(threads),
                "load_config": json.dumps(config),
            }
    return {}


def lowered_precision(provider: str, *, heavy: bool) -> str | None:
    """What `provider` computes in, where it does not keep to the precision of the model."""
    return "bf16" if provider == "openvino" and heavy and has_bf16() else None


def companions(provider: str, available: Collection[str]) -> tuple[str, ...]:
    """Who runs the nodes that `provider` leaves, in order of choice."""
    wanted = {"cpu": (), "tensorrt": ("cuda", "cpu")}.get(provider, ("cpu",))
    return tuple(name for name in wanted if name in available)


def default_threads(model: Path) -> int:
    """Number of CPU threads for one run: one for a small model, every core for a heavy one."""
    if not is_heavy(model):
        return 1
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def is_heavy(model: Path) -> bool:
    """Whether the model's file is one of `HEAVY_BYTES` or more."""
    return model.stat().st_size >= HEAVY_BYTES


@cache
def has_bf16() -> bool:
    """Whether this CPU multiplies in bfloat16; every CPU with AMX does that in AVX-512 too."""
    features = getattr(import_module("numpy._core._multiarray_umath"), "__cpu_features__", {})
    return bool(features.get("AVX512BF16", False))


def has_engine(model: Path) -> bool:
    """Whether TensorRT has built an engine for the model."""
    return any(engines_folder(model).glob("*.engine"))


def engines_folder(model: Path) -> Path:
    """Where TensorRT keeps what it builds for the model; another for each ONNX Runtime."""
    known = model.stat()
    what = f"{model.resolve()} {known.st_size} {known.st_mtime_ns} {onnxruntime().__version__}"
    key = hashlib.sha256(what.encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("livecam") / "tensorrt" / key
