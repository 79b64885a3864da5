"""A live run: a camera in, another face out, to any number of outputs at once.

with livecam.Live(face=Path("me.png"), to=["virtual", "call.mkv"]).prepare() as live:
    live.tuning = replace(live.tuning, strength=1.0)
    live.join()
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from livecam.errors import SettingsError
from livecam.face import Identity
from livecam.frame import VideoFormat
from livecam.load import Models, load_models, load_swapper
from livecam.picture import Colour, Matrix, Siting
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.stats import Stats, Timings
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.sinks import stream_sink
from livecam.sinks.preview import Preview
from livecam.sinks.recording import Recording
from livecam.sinks.stream import Stream, address_of
from livecam.sinks.threaded import SinkStatus, Threaded
from livecam.sinks.virtual_camera import VirtualCamera
from livecam.sources import live_source
from livecam.sources.microphone import Microphone
from livecam.swap import FaceSwap, SwapOptions, SwapReport
from livecam.swap.identity import read_portrait
from livecam.swap.standby import PolicyStandby
from livecam.tracking import Tracker

_COLOUR = Colour(Matrix.BT601, full_range=False, siting=Siting.LEFT)
"""Readers of virtual cameras take every picture for this."""


Output = Threaded | Preview
"""What frames go to."""


@dataclass(frozen=True, slots=True)
class LiveStats:
    """A live run at one moment."""

    pipeline: Stats
    sinks: tuple[SinkStatus, ...]
    swap: SwapReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A face onto whoever sits before a camera. The consent of whose face it is is the caller's.

    Nothing is looked at before `prepare`.
    """

    face: Path
    """A portrait of the face to wear."""
    camera: str | None = None
    """A camera's name, index or path, a stream's URL, a video file, or "synthetic"; None takes the
    first camera."""
    to: Sequence[str] = ("virtual",)
    """Outputs: "virtual" or "virtual:NAME" for a virtual camera, "preview", a URL, a file."""
    settings: Settings = field(default_factory=Settings)
    overwrite: bool = False
    """Replace files that exist."""

    def prepare(self, *, progress: Progress | None = None) -> "LiveRun":
        """The run, its models loaded; the camera and the outputs are opened when it starts.

        Args:
            progress: Told of models that are fetched on first use.

        Raises:
            SettingsError: An output makes no sense, or a setting names a model that cannot do this.
            SourceError: There is no such camera, or `face` cannot be read or shows no face.
            SinkError: An output cannot be written.
            ModelError: A model cannot be fetched or loaded.
        """
        options = self.settings.live
        video_format = VideoFormat(options.width, options.height, Fraction(options.fps), _COLOUR)
        source = live_source(self.camera, video_format=video_format, mirror=options.mirror)
        microphone = Microphone(options.microphone) if options.microphone else None
        _refuse_twins(self.to)
        outputs = [self._output(target, microphone) for target in self.to]
        portrait = read_portrait(self.face)
        models = load_models(self.settings, progress=progress)
        timings = Timings()
        worn = models.identity(portrait)
        face_swap = FaceSwap(
            Tracker(models.detector, models.landmarker, self.settings.tracking, live=True),
            models.swapper,
            worn,
            self.settings.swap,
            live=True,
            timings=timings,
        )
        pipeline = Pipeline(
            source,
            face_swap,
            outputs,
            video_format=video_format,
            timings=timings,
            rate=video_format.rate,
            standby=PolicyStandby(lambda: face_swap.tuning, video_format),
        )
        return LiveRun(
            pipeline,
            face_swap,
            models,
            worn,
            outputs=outputs,
            settings=self.settings,
            microphone=microphone,
        )

    def _output(self, target: str, microphone: Microphone | None) -> Output:
        kind, _, name = target.partition(":")
        if kind == "virtual":
            camera = VirtualCamera(name or None)
            camera.check()
            return Threaded(camera, name=target, retry=True)
        if target == "preview":
            return Preview()
        sink = stream_sink(
            target, encoding=self.settings.stream, microphone=microphone, overwrite=self.overwrite
        )
        shown = address_of(target).shown if isinstance(sink, Stream) else target
        return Threaded(sink, name=shown, retry=not isinstance(sink, Recording))


def _refuse_twins(targets: Sequence[str]) -> None:
    twins = [target for target, count in Counter(targets).items() if count > 1]
    if twins:
        raise SettingsError(
            f"{twins[0]} is named twice as an output.", hint="Name every output once."
        )


class LiveRun:
    """A live run. As a context it starts, and stops cleanly at the end: files whole, devices free.

    Everything here may be called from any thread while the picture goes on.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        face_swap: FaceSwap,
        models: Models,
        worn: Identity,
        *,
        outputs: Sequence[Output],
        settings: Settings,
        microphone: Microphone | None,
    ) -> None:
        self._pipeline = pipeline
        self._face_swap = face_swap
        self._models = models
        self._worn = worn
        self._outputs = tuple(outputs)
        self._settings = settings
        self._microphone = microphone
        self._changing = Lock()
        self._open = ExitStack()

    @property
    def tuning(self) -> SwapOptions:
        """How faces are swapped; replace it whole, and the next frame keeps to it."""
        return self._face_swap.tuning

    @tuning.setter
    def tuning(self, tuning: SwapOptions) -> None:
        self._face_swap.tuning = tuning

    @property
    def face(self) -> str:
        """Name of the portrait that is worn."""
        return self._worn.name

    @property
    def providers(self) -> tuple[str, ...]:
        """Execution providers that run the models, in order of choice."""
        return self._models.providers

    @property
    def preview(self) -> Preview | None:
        """Where a window finds the newest frame; None where no preview was asked for."""
        return next((sink for sink in self._outputs if isinstance(sink, Preview)), None)

    def wear(self, face: Path) -> None:
        """Wears another portrait from the next frame on; what cannot be worn changes nothing.

        Raises:
            SourceError: `face` cannot be read, or shows no face that can be worn.
            ModelError: A model failed to run.
        """
        with self._changing:
            worn = self._models.identity(read_portrait(face))
            self._face_swap.wear(worn)
            self._worn = worn

    def use_swapper(self, name: str, *, progress: Progress | None = None) -> None:
        """Swaps with another model from the next frame on; one that fails changes nothing.

        Args:
            name: As `livecam models list` shows it.
            progress: Told if the model is fetched.

        Raises:
            SettingsError: There is no such model, or it is no swapper.
            ModelError: It cannot be fetched or loaded.
            SourceError: It needs of the portrait what that does not give.
        """
        with self._changing:
            chosen = replace(self._settings.models, swapper=name)
            settings = replace(self._settings, models=chosen)
            swapper = load_swapper(settings, progress=progress)
            self._face_swap.wear(self._worn, swapper=swapper)
            self._settings = settings

    def stats(self) -> LiveStats:
        """What the run has done until now."""
        sinks = [sink.status() for sink in self._outputs if isinstance(sink, Threaded)]
        return LiveStats(self._pipeline.stats(), tuple(sinks), self._face_swap.report)

    def stop(self) -> None:
        """Ends the run; `join` tells when it has ended."""
        self._pipeline.stop()

    def join(self, timeout_s: float | None = None) -> bool:
        """True once the run has ended; see `Pipeline.join`.

        Raises:
            LivecamError: What ended it.
        """
        return self._pipeline.join(timeout_s)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            opened.callback(self._face_swap.close)
            if self._microphone is not None:
                opened.enter_context(self._microphone)
            opened.enter_context(self._pipeline)
            self._open = opened.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)
