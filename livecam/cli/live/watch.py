"""A live run from its start to its end: shown, changed by keys, ended by a key or a signal."""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from livecam.cli.console import remarks, say, silence
from livecam.cli.live.controls import Controls, Key
from livecam.cli.live.dashboard import dashboard, ended, lines
from livecam.cli.live.keys import Keyboard, keyboard
from livecam.cli.live.moment import Meter, Moment
from livecam.cli.live.record import records
from livecam.cli.live.window import Wait, window
from livecam.cli.signals import noted
from livecam.live import Live, LiveRun
from livecam.sources.devices import find_camera, label
from livecam.sources.formats import choose
from livecam.sources.stream import NetworkStream, is_stream

_LOOK_EVERY_S = 0.1
"""How soon a key, a signal or the end of the run is noticed."""
_DRAW_EVERY_S, _SAY_EVERY_S, _WRITE_EVERY_S = 0.5, 5.0, 1.0
_SETTLED_S = 5.0
"""By then the latency is what it will be."""


@dataclass(frozen=True, slots=True)
class _View:
    show: Callable[[Moment], None]
    every_s: float


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody at a terminal, or a program that reads the statistics."""

    live: Live
    run: LiveRun
    controls: Controls
    as_json: bool
    """Statistics on standard output instead of a view for people."""
    duration_s: float | None
    """Ends the run after this long."""

    def follow(self) -> int:
        """Starts the run, stays with it to its end, and gives the exit code.

        Raises:
            LivecamError: What ended the run.
            Stopped: A second signal did; then files may lack their end.
        """
        source = _source(self.live)
        self._introduce(source)
        options = self.live.settings.live
        with noted() as asked, keyboard() as pressed:
            keys = self.controls.keys if pressed else []
            with (
                window(self.run, width=options.width, height=options.height) as wait,
                self._view(keys) as view,
                self.run,
            ):
                meter = Meter(self.run, self.controls, source)
                last = self._stay(view, meter, pressed, asked, wait)
            number = asked()
        say(remarks(), ended(last))
        return 0 if number in {None, signal.SIGTERM} else 128 + (number or 0)

    def _stay(
        self,
        view: _View,
        meter: Meter,
        pressed: Keyboard | None,
        asked: Callable[[], int | None],
        wait: Wait,
    ) -> Moment:
        """The last moment."""
        due, told, ending = time.monotonic() + view.every_s, not self._sound_is_elsewhere(), False
        while not wait(_LOOK_EVERY_S):
            over = self.duration_s is not None and meter.seconds >= self.duration_s
            if not ending and (over or asked() is not None):
                ending = True
                self.run.stop()
                _tell_ending(asked())
            if pressed and self._obey(pressed()):
                due = 0.0
            now = time.monotonic()
            if now >= due:
                due = due + view.every_s if due > now - view.every_s else now + view.every_s
                moment = meter.read()
                try:
                    view.show(moment)
                    told = told or _told_delay(moment)
                except OSError:  # the terminal is gone; what is left to say goes nowhere
                    silence(sys.stderr)
        return meter.read()

    def _obey(self, keys: str) -> bool:
        """Whether any of the keys did something; what it was is said."""
        answers = [answer for key in keys if (answer := self.controls.press(key)) is not None]
        for answer in answers:
            say(remarks(), answer)
        return bool(answers)

    @contextmanager
    def _view(self, keys: Sequence[Key]) -> Iterator[_View]:
        if self.as_json:
            with records() as show:
                yield _View(show, _WRITE_EVERY_S)
        elif remarks().is_terminal:
            with dashboard(remarks(), keys) as show:
                yield _View(show, _DRAW_EVERY_S)
        else:
            with lines(remarks()) as show:
                yield _View(show, _SAY_EVERY_S)

    def _introduce(self, source: str) -> None:
        options = self.live.settings.live
        to = [sink.name for sink in self.run.stats().sinks]
        to += ["preview"] if self.run.preview else []
        say(remarks(), f"From: {source}")
        say(remarks(), f"To: {', '.join(to)}, {options.width}×{options.height}, {options.fps} fps")
        say(remarks(), f"On: {', '.join(self.run.providers)}")

    def _sound_is_elsewhere(self) -> bool:
        """Whether the pictures only go where somebody else adds the sound."""
        kinds = {target.partition(":")[0] for target in self.live.to}
        return "virtual" in kinds and kinds <= {"virtual", "preview"}


def _source(live: Live) -> str:
    """The camera and the mode that is asked of it; other sources by their address, secrets off."""
    spec, asked = live.camera, live.settings.live.asked
    if spec is not None and is_stream(spec):
        return NetworkStream(spec).shown
    if spec is not None and (spec == "synthetic" or Path(spec).is_file()):
        return spec
    camera = find_camera(spec)
    choice = choose(camera.modes, asked)
    if choice is None:
        return label(camera)
    mode = choice.mode
    size = f"{mode.width}×{mode.height}"
    return f"{label(camera)}, {mode.pixel_format} {size}, {float(choice.rate):g} fps"


def _tell_ending(number: int | None) -> None:
    if number is not None and number == getattr(signal, "SIGHUP", None):
        silence(sys.stderr)  # the terminal is gone
    elif number == signal.SIGINT:
        say(remarks(), "Ending; Ctrl-C again stops at once.")


def _told_delay(moment: Moment) -> bool:
    """Says how much later than the sound the picture comes, once that is known."""
    latency = moment.latency
    if not latency.count or moment.seconds < _SETTLED_S:
        return False
    say(
        remarks(),
        f"The picture comes {latency.p50_ms:.0f} ms after the sound: delay the microphone by as "
        "much where it is used (OBS: Advanced Audio Properties, Sync Offset).",
    )
    return True
