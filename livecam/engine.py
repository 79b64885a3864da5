"""A live run as a window controls it: what is wanted is said at once, and comes about beside it.

engine = Engine(settings)
engine.wanted = replace(engine.wanted, running=True, face=Path("me.png"))
engine.status().phase
engine.close()
"""

from contextlib import suppress
from dataclasses import replace
from functools import partial
from threading import Condition

from livecam.errors import LivecamError, SettingsError
from livecam.frame import Frame
from livecam.live import Live, LiveRun
from livecam.pipeline.stage import Stage, reported
from livecam.runtime.calling_off import CalledOffError
from livecam.runtime.heap import give_back
from livecam.wanted import Doing, Phase, Status, Wanted, called, same_run

__all__ = ["Doing", "Engine", "Phase", "Status", "Wanted"]

_PREVIEW = "preview"


class Engine:
    """Brings about what is wanted on a thread of its own; no method waits, but `close`.

    Args:
        wanted: To begin with.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._changed = Condition()
        self._wanted = wanted
        self._have = replace(wanted, running=False, outputs=())
        self._run: LiveRun | None = None
        self._doing: Doing | None = None
        self._what = ""
        self._share: float | None = None
        self._trouble: LivecamError | None = None
        self._over = self._closing = False
        self._stage = Stage("engine", self._work, on_error=self._fail)
        self._stage.start()

    @property
    def wanted(self) -> Wanted:
        """What should be; replace it whole, from any thread. Tuning takes effect at once."""
        return self._wanted

    @wanted.setter
    def wanted(self, wanted: Wanted) -> None:
        with self._changed:
            self._wanted = wanted
            run = self._run
            self._changed.notify_all()
        if run is not None:
            with suppress(SettingsError):  # the thread meets it, too, and says so
                run.tuning = wanted.settings.swap

    def status(self) -> Status:
        """What is, now."""
        with self._changed:
            run = self._run
            if run is not None and not self._over and _has_ended(run):
                self._over = True
                self._changed.notify_all()
            outputs = self._have.outputs if run is not None else ()
            phase = Phase.OFF if run is None else Phase.LIVE if outputs else Phase.PREVIEW
            return Status(
                phase=phase,
                doing=self._doing,
                what=self._what,
                share=self._share,
                trouble=self._trouble,
                wanted=self._wanted,
                face=run.face if run is not None else called(self._have.face),
                providers=run.providers if run is not None else (),
                choices=run.choices if run is not None else {},
                stats=run.stats() if run is not None else None,
            )

    def call_off(self) -> None:
        """Gives up what is being fetched: the models that are there go on, or nothing does."""
        with self._changed:
            have, wanted = self._have, self._wanted
            settings = replace(wanted.settings, models=have.settings.models)
            self.wanted = replace(
                wanted, settings=settings, running=have.running, outputs=have.outputs
            )

    def newest(self) -> Frame | None:
        """The frame delivered last; None while there is none."""
        run = self._run
        return run.preview.newest() if run is not None and run.preview is not None else None

    def close(self) -> None:
        """Ends the run and the thread, and waits for both: files are whole, devices free."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._stage.wait()

    def _work(self) -> None:
        while (wanted := self._next()) is not None:
            try:
                self._settle(wanted)
            except CalledOffError:
                pass  # something else is wanted by now
            except LivecamError as error:
                self._give_up(wanted, error)
            self._say(None)
        self._end()

    def _next(self) -> Wanted | None:
        """What is wanted and is not; None when all is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._over or self._wanted != self._have
            )
            return None if self._closing else self._wanted

    def _settle(self, wanted: Wanted) -> None:
        """Makes what is into what is wanted, step by step."""
        if self._over:
            self._conclude()
            return
        before = self._trouble
        if not wanted.running:
            self._end()
        elif self._run is None or not same_run(wanted, self._have):
            self._begin(wanted)
        if self._run is not None:
            self._change(self._run, wanted)
        self._have = wanted
        with self._changed:
            if self._wanted is wanted and self._trouble is before:  # not what closing met
                self._trouble = None

    def _begin(self, wanted: Wanted) -> None:
        """A run of its own; the one before goes on until this one has all that it needs."""
        self._say(Doing.GETTING_READY)
        before, models = self._run, self._have.settings.models
        same = before is not None and wanted.settings.models.providers == models.providers
        live = Live(
            face=wanted.face,
            camera=wanted.camera,
            to=[_PREVIEW],
            settings=wanted.settings,
            patient=True,
        )
        run = live.prepare(
            progress=partial(self._fetching, wanted),
            kept=before.models if before is not None and same else None,
        )
        before = None  # it ends with this reference
        self._end()
        self._say(Doing.GETTING_READY)
        run.__enter__()
        with self._changed:
            self._run, self._have = run, replace(wanted, outputs=())

    def _change(self, run: LiveRun, wanted: Wanted) -> None:
        have = self._have
        if wanted.settings.models.swapper != have.settings.models.swapper:
            self._say(Doing.LOADING, wanted.settings.models.swapper)
            run.use_swapper(
                wanted.settings.models.swapper, progress=partial(self._fetching, wanted)
            )
        if wanted.face != have.face:
            self._say(Doing.PUTTING_ON, called(wanted.face))
            run.wear(wanted.face)
        if _captures(wanted) != _captures(have):
            live = wanted.settings.live
            run.use_camera(wanted.camera, asked=live.asked, mirror=live.mirror)
        run.tuning = wanted.settings.swap
        self._have = replace(wanted, outputs=have.outputs)
        for target in have.outputs:
            if target not in wanted.outputs:
                self._say(Doing.CLOSING, target)
                self._note(tuple(one for one in self._have.outputs if one != target))
                run.remove_output(target)
        for target in wanted.outputs:
            if target not in have.outputs:
                self._say(Doing.OPENING, target)
                run.add_output(target)
                self._note((*self._have.outputs, target))

    def _note(self, outputs: tuple[str, ...]) -> None:
        self._have = replace(self._have, outputs=outputs)

    def _conclude(self) -> None:
        """The run has ended by itself."""
        run = self._run
        self._end()
        with self._changed:
            self._wanted = replace(self._wanted, running=False, outputs=())
        if run is not None:
            run.join(0)

    def _end(self) -> None:
        with self._changed:
            run, self._run, self._over = self._run, None, False
            self._have = replace(self._have, running=False, outputs=())
        if run is not None:
            self._say(Doing.ENDING)
            try:
                run.__exit__(None, None, None)
            except LivecamError as error:
                self._trouble = error
            run = None  # its models are free only now
            give_back()

    def _give_up(self, wanted: Wanted, error: LivecamError) -> None:
        """Wants what is, unless something else has been wished for meanwhile."""
        with self._changed:
            self._trouble = error
            if self._wanted is wanted:
                self._wanted = self._have

    def _say(self, doing: Doing | None, what: str = "") -> None:
        self._doing, self._what, self._share = doing, what, None

    def _fetching(self, wanted: Wanted, what: str, done: int, total: int) -> None:
        """A `Progress`: models that are no longer wanted need not be fetched."""
        now = self._wanted
        if self._closing or (now.running, now.settings.models) != (True, wanted.settings.models):
            raise CalledOffError
        self._doing, self._what = Doing.FETCHING, what
        self._share = done / total if total else None

    def _fail(self, stage: str, error: BaseException) -> None:
        self._trouble = reported(stage, error)
        self._end()


def _captures(wanted: Wanted) -> tuple[str | None, str | None, bool]:
    """Which camera, in which mode, mirrored or not."""
    live = wanted.settings.live
    return wanted.camera, live.camera_mode, live.mirror


def _has_ended(run: LiveRun) -> bool:
    try:
        return run.join(0)
    except LivecamError:
        return True
