"""Moments of a live run, made up."""

from typing import Any

from livecam.cli.live.moment import Moment
from livecam.errors import SinkError
from livecam.live import LiveStats
from livecam.pipeline.stats import Drops, StageTiming, Stats
from livecam.sinks.threaded import SinkState, SinkStatus
from livecam.swap import SwapOptions
from livecam.swap.processor import SwapReport

STAGES = ("capture", "track", "swap", "paste", "process", "deliver", "latency")
FAILED = SinkError("The stream is refused: no such application.", hint="Correct the address.")


def moment(*, seconds: float = 83.4, silence_s: float = 0.02, **changes: Any) -> Moment:
    """A moment in the middle of a run with two outputs, one of which is in trouble."""
    pipeline = Stats(
        captured=310,
        processed=305,
        delivered=300,
        repeated=7,
        standby=3,
        drops=Drops(capture=5, process=2),
        fps=29.9,
        fps_in=30.01,
        fps_out=29.97,
        silence_s=silence_s,
        cadence_jitter_p99_ms=1.25,
        stages={
            name: StageTiming(p50_ms=n + 0.5, p95_ms=n + 1.5, p99_ms=n + 2.5, count=300)
            for n, name in enumerate(STAGES)
        },
        cpu_s={"capture": 1.0, "process": 4.0, "deliver": 0.5},
    )
    camera = SinkStatus("virtual", SinkState.OPEN, None, 299, 1, 22.5, 31.5, 0.2)
    stream = SinkStatus("rtmp://[there]/live", SinkState.RETRYING, FAILED, 120, 80, 30.5, 55.5, 0.9)
    fields: dict[str, Any] = {
        "seconds": seconds,
        "source": "camera “Webcam” (/dev/video0), mjpeg 1280×720, 30 fps",
        "stats": LiveStats(pipeline, (camera, stream), SwapReport(305, 11, 40)),
        "detector_hz": 2.04,
        "cores": {"capture": 0.1, "process": 0.4567, "deliver": 0.02}
        | {camera.name: 0.03, stream.name: 0.2},
        "face": "portrait_c.png",
        "model": "mesh",
        "providers": ("cuda", "cpu"),
        "tuning": SwapOptions(),
    }
    return Moment(**(fields | changes))
