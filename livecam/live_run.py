"""A live run under way, and what can be changed while the picture goes on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from livecam.errors import SettingsError
from livecam.face import Identity
from livecam.faces import NamedFace, Nobody, Photos, Wearable, open_face
from livecam.load import Models, refuse_unnamed, with_swapper
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.stats import Stats
from livecam.runtime.choice import Choice
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.sinks.live import Output, live_sink
from livecam.sinks.preview import Preview
from livecam.sinks.threaded import SinkStatus, Threaded
from livecam.sources import live_source
from livecam.sources.formats import Asked
from livecam.sources.microphone import Microphone
from livecam.sources.switchable import Switchable
from livecam.swap import FaceSwap, SwapOptions, SwapReport


@dataclass(frozen=True, slots=True)
class LiveStats:
    """A live run at one moment."""

    pipeline: Stats
    sinks: tuple[SinkStatus, ...]
    swap: SwapReport


class LiveRun:
    """A live run. As a context it starts, and stops cleanly at the end: files whole, devices free.

    Everything here may be called from any thread while the picture goes on.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        face_swap: FaceSwap,
        models: Models,
        worn: Sequence[Identity],
        *,
        faces: Sequence[Photos | NamedFace | Nobody],
        source: Switchable,
        outputs: Mapping[str, Output],
        settings: Settings,
        microphone: Microphone | None,
    ) -> None:
        self._pipeline = pipeline
        self._face_swap = face_swap
        self._models = models
        self._worn = tuple(worn)
        self._opened = tuple(faces)
        self._source = source
        self._outputs = dict(outputs)
        self._settings = settings
        self._microphone = microphone
        self._changing = Lock()
        self._open = ExitStack()

    @property
    def tuning(self) -> SwapOptions:
        """How faces are swapped; replace it whole, and the next frame keeps to it.

        Raises:
            SettingsError: It asks for a model that the settings of the run do not name.
        """
        return self._face_swap.tuning

    @tuning.setter
    def tuning(self, tuning: SwapOptions) -> None:
        refuse_unnamed(self._settings.models, tuning)
        self._face_swap.tuning = tuning

    @property
    def face(self) -> str:
        """Name of the portrait that is worn, or of all that are."""
        return ", ".join(worn.name for worn in self._worn)

    @property
    def providers(self) -> tuple[str, ...]:
        """Execution providers that run the models."""
        return self._models.providers

    @property
    def models(self) -> Models:
        """What is loaded; a run that follows may keep them."""
        return self._models

    @property
    def choices(self) -> Mapping[str, Choice]:
        """What runs each model, by the model's name, and why nothing better does."""
        return self._models.choices

    @property
    def preview(self) -> Preview | None:
        """Where a window finds the newest frame; None where no preview was asked for."""
        return next((sink for sink in self._outputs.values() if isinstance(sink, Preview)), None)

    def wear(self, face: Wearable) -> None:
        """Wears another face from the next frame on; what cannot be worn changes nothing.

        Where a cast gave several people a face each, all of them wear this one.

        Args:
            face: As in `Live.face`.

        Raises:
            SettingsError: `face` names nothing, or a kept face among pictures.
            SourceError: `face` cannot be read, or shows no face that can be worn.
            ModelError: A model failed to run.
        """
        with self._changing:
            opened = open_face(face, self._settings.models)
            worn = opened.identity(self._models, self._settings.models)
            self._face_swap.wear(worn)
            self._opened, self._worn = (opened,), (worn,)

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
            models, worn = with_swapper(self._models, settings, progress=progress), self._worn
            if any(not models.embedders.keys() <= one.embeddings.keys() for one in worn):
                worn = tuple(face.identity(models, settings.models) for face in self._opened)
            self._face_swap.wear(*worn, swapper=models.swapper)
            self._models, self._worn, self._settings = models, worn, settings

    def use_camera(
        self, camera: str | None, *, asked: Asked | None = None, mirror: bool = False
    ) -> None:
        """Takes pictures from another camera from the next one on, as soon as that is there.

        Args:
            camera: As in `Live.camera`.
            asked: What it is asked for; by default the size and rate of the outgoing picture.
            mirror: Swap left and right.

        Raises:
            SourceError: There is no such file, or no such kind of stream.
        """
        source = live_source(
            camera, video_format=self._source.probe(), asked=asked, mirror=mirror, patient=True
        )
        self._source.switch(source)

    def add_output(self, target: str, *, overwrite: bool = False) -> None:
        """Sends pictures to a further output, as in `Live.to`, while the others go on.

        Raises:
            SettingsError: Pictures go there already.
            SinkError: It cannot be opened, or the run is not going on.
        """
        with self._changing:
            refuse_twins([*self._outputs, target])
            sink = live_sink(
                target,
                encoding=self._settings.stream,
                microphone=self._microphone,
                overwrite=overwrite,
            )
            self._pipeline.attach(sink)
            self._outputs = {**self._outputs, target: sink}

    def remove_output(self, target: str) -> None:
        """Sends no more to an output and finishes it, while the others go on.

        Raises:
            SinkError: It could not be finished.
        """
        with self._changing:
            sink = self._outputs.get(target)
            self._outputs = {name: one for name, one in self._outputs.items() if name != target}
            if sink is not None:
                self._pipeline.detach(sink)

    def stats(self) -> LiveStats:
        """What the run has done until now."""
        sinks = [sink.status() for sink in self._outputs.values() if isinstance(sink, Threaded)]
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


def refuse_twins(targets: Sequence[str]) -> None:
    """Raises a SettingsError where an output is named twice."""
    places = Counter(Path(target).absolute() for target in targets)
    twins = [target for target in targets if places[Path(target).absolute()] > 1]
    if twins:
        raise SettingsError(
            f"{twins[-1]} is named twice as an output.", hint="Name every output once."
        )
