"""The view of a live run on a terminal, drawn in place; elsewhere a plain line now and then."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live as Redrawn
from rich.table import Table
from rich.text import Text

from livecam.cli.console import say
from livecam.cli.live.controls import Key
from livecam.cli.live.moment import Moment
from livecam.sinks.threaded import SinkState, SinkStatus

_STATES = {
    SinkState.OPENING: "yellow",
    SinkState.OPEN: "green",
    SinkState.RETRYING: "bold yellow",
    SinkState.FAILED: "bold red",
}
_THREADS = ("capture", "process", "deliver")
_PARTS = ("track", "swap", "paste")
"""Of `process`, in order."""
_SILENT_AFTER_S = 1.0


@contextmanager
def dashboard(console: Console, keys: Sequence[Key]) -> Iterator[Callable[[Moment], None]]:
    """Draws moments one over the other; what is logged meanwhile stands above."""
    with Redrawn(console=console, auto_refresh=False) as drawn:
        yield lambda moment: drawn.update(drawing(moment, keys), refresh=True)


@contextmanager
def lines(console: Console) -> Iterator[Callable[[Moment], None]]:
    """Says a line for each moment."""
    yield lambda moment: say(console, line(moment))


def drawing(moment: Moment, keys: Sequence[Key]) -> RenderableType:
    """All there is to see of a moment."""
    return Group(
        _heading(moment),
        _flow(moment),
        Text(),
        _outputs(moment),
        Text(),
        _stages(moment),
        Text(),
        _tuning(moment),
        _help(keys),
    )


def line(moment: Moment) -> str:
    """The gist of a moment."""
    pipeline, latency = moment.stats.pipeline, moment.latency
    troubled = [_in_words(sink) for sink in moment.stats.sinks if sink.state is not SinkState.OPEN]
    parts = [
        f"{_clock(moment.seconds)} in {pipeline.fps_in:.1f} fps, out {pipeline.fps_out:.1f} fps",
        f"latency p50 {latency.p50_ms:.0f} ms, p95 {latency.p95_ms:.0f} ms",
        f"dropped {pipeline.drops.capture} at capture, {pipeline.drops.process} after the swap",
        f"repeated {pipeline.repeated}",
        *([f"no picture for {pipeline.silence_s:.0f} s"] if _is_silent(moment) else []),
        *troubled,
    ]
    return "; ".join(parts)


def ended(moment: Moment) -> str:
    """What came of the run."""
    pipeline = moment.stats.pipeline
    return (
        f"Ended after {_clock(moment.seconds)}: {pipeline.delivered} pictures out, "
        f"{pipeline.repeated} of them repeated; {pipeline.dropped} dropped."
    )


def _heading(moment: Moment) -> Table:
    grid = Table.grid(expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right")
    what = Text.assemble(
        ("livecam ", "bold"), moment.face, (" · ", "dim"), moment.model, (" · ", "dim"),
        ", ".join(moment.providers),
    )  # fmt: skip
    grid.add_row(what, _clock(moment.seconds))
    return grid


def _flow(moment: Moment) -> Table:
    pipeline, latency = moment.stats.pipeline, moment.latency
    drops = f"dropped {pipeline.drops.capture} at capture, {pipeline.drops.process} after the swap"
    silence = f" · nothing for {pipeline.silence_s:.0f} s" if _is_silent(moment) else ""
    sent = f"{pipeline.delivered} sent, {pipeline.repeated} repeated, {pipeline.standby} standby"
    jitter = f"jitter p99 {pipeline.cadence_jitter_p99_ms:.1f} ms"
    percentiles = f"p50 {latency.p50_ms:.1f} · p95 {latency.p95_ms:.1f} · p99 {latency.p99_ms:.1f}"
    rows: dict[str, Text | str] = {
        "from": Text(moment.source),
        "in": Text(f"{pipeline.fps_in:.1f} fps · {drops}").append(silence, "bold yellow"),
        "out": f"{pipeline.fps_out:.1f} fps · {jitter} · {sent}",
        "latency": f"{percentiles} ms",
        "detector": f"{moment.detector_hz:.1f} looks/s · {moment.stats.swap.unswapped} unswapped",
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True, min_width=8)
    grid.add_column(overflow="ellipsis", no_wrap=True)
    for name, value in rows.items():
        grid.add_row(name, value)
    return grid


def _outputs(moment: Moment) -> Group:
    table = _table("output", "state", "sent", "dropped", "p50 ms", "p95 ms", "core")
    table.columns[1].justify = "left"
    for sink in moment.stats.sinks:
        table.add_row(
            Text(sink.name),
            Text(sink.state, _STATES[sink.state]),
            str(sink.sent),
            str(sink.dropped),
            f"{sink.latency_p50_ms:.1f}",
            f"{sink.latency_p95_ms:.1f}",
            f"{moment.cores[sink.name]:.0%}",
        )
    troubles = [
        Text(f"{sink.name}: {sink.error.message}", "yellow", no_wrap=True, overflow="ellipsis")
        for sink in moment.stats.sinks
        if sink.error is not None
    ]
    return Group(table, *troubles)


def _stages(moment: Moment) -> Table:
    table = _table("stage", "p50 ms", "p95 ms", "core")
    known = (*_PARTS, *_THREADS, "latency")
    others = [name for name in moment.stats.pipeline.stages if name not in known]
    for thread in _THREADS:
        table.add_row(*_stage(moment, thread), f"{moment.cores.get(thread, 0.0):.0%}")
        if thread == "process":
            for name in (*_PARTS, *others):
                table.add_row(*_stage(moment, name, indent="  "))
    return table


def _stage(moment: Moment, name: str, *, indent: str = "") -> tuple[str, str, str]:
    timing = moment.stats.pipeline.stages.get(name)
    if timing is None or name == "capture":  # which waits for the camera
        return f"{indent}{name}", "", ""
    return f"{indent}{name}", f"{timing.p50_ms:.1f}", f"{timing.p95_ms:.1f}"


def _tuning(moment: Moment) -> Text:
    tuning = moment.tuning
    return Text(
        f"strength {tuning.strength:.2f} · eyes {tuning.eyes} · label {moment.label} · "
        f"on lost {tuning.policy(live=True)} · faces {tuning.faces}"
    )


def _help(keys: Sequence[Key]) -> Columns:
    return Columns(
        [Text.assemble((key.shown, "bold"), " ", (key.does, "dim")) for key in keys],
        padding=(0, 2),
    )


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(titles[0], overflow="ellipsis", no_wrap=True)
    for title in titles[1:]:
        table.add_column(title, justify="right", no_wrap=True)
    return table


def _in_words(sink: SinkStatus) -> str:
    return f"{sink.name} {sink.state}" + (f": {sink.error.message}" if sink.error else "")


def _is_silent(moment: Moment) -> bool:
    return moment.stats.pipeline.silence_s > _SILENT_AFTER_S


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=int(seconds)))
