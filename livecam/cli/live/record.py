"""A moment of a live run as JSON: flat, its fields named with their units."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livecam.cli.console import silence
from livecam.cli.live.moment import Moment
from livecam.sinks.threaded import SinkStatus

_LOG = logging.getLogger(__name__)


@contextmanager
def records() -> Iterator[Callable[[Moment], None]]:
    """Writes moments to standard output, a line for each; goes on without a reader."""
    reader_is_there = True

    def write(moment: Moment) -> None:
        nonlocal reader_is_there
        if not reader_is_there:
            return
        try:
            print(json.dumps(record(moment), allow_nan=False), flush=True)  # noqa: T201 - asked for
        except BrokenPipeError:
            reader_is_there = False
            silence(sys.stdout)
            _LOG.warning("Nobody reads the statistics any more; the run goes on without them.")

    yield write


def record(moment: Moment) -> dict[str, object]:
    """The fields of one line."""
    pipeline, tuning, latency = moment.stats.pipeline, moment.tuning, moment.latency
    fields: dict[str, object] = {
        "time_s": moment.seconds,
        "source": moment.source,
        "face": moment.face,
        "model": moment.model,
        "providers": list(moment.providers),
        "strength": tuning.strength,
        "eyes": tuning.eyes,
        "label": moment.label,
        "on_lost": tuning.policy(live=True),
        "faces": tuning.faces,
        "captured": pipeline.captured,
        "processed": pipeline.processed,
        "delivered": pipeline.delivered,
        "repeats": pipeline.repeated,
        "standby": pipeline.standby,
        "drops_capture": pipeline.drops.capture,
        "drops_process": pipeline.drops.process,
        "unswapped": moment.stats.swap.unswapped,
        "fps_in": pipeline.fps_in,
        "fps_out": pipeline.fps_out,
        "silence_s": pipeline.silence_s,
        "cadence_jitter_p99_ms": pipeline.cadence_jitter_p99_ms,
        "latency_p50_ms": latency.p50_ms,
        "latency_p95_ms": latency.p95_ms,
        "latency_p99_ms": latency.p99_ms,
        "detector_hz": moment.detector_hz,
    }
    for name, timing in pipeline.stages.items():
        if name not in {"latency", "capture"}:  # which waits for the camera
            fields |= {f"stage_{name}_p50_ms": timing.p50_ms, f"stage_{name}_p95_ms": timing.p95_ms}
    fields |= {f"cpu_{name}_cores": moment.cores[name] for name in pipeline.cpu_s}
    fields["sinks"] = [_sink(status, moment.cores[status.name]) for status in moment.stats.sinks]
    return {name: _short(value) for name, value in fields.items()}


def _sink(status: SinkStatus, cores: float) -> dict[str, object]:
    fields = {
        "name": status.name,
        "state": status.state,
        "error": status.error and status.error.message,
        "sent": status.sent,
        "dropped": status.dropped,
        "latency_p50_ms": status.latency_p50_ms,
        "latency_p95_ms": status.latency_p95_ms,
        "cpu_cores": cores,
    }
    return {name: _short(value) for name, value in fields.items()}


def _short(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value
