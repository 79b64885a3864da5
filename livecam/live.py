"""A live run: a camera in, another face out, to any number of outputs at once.

with livecam.Live(face=Path("me.png"), to=["virtual", "call.mkv"]).prepare() as live:
    live.tuning = replace(live.tuning, strength=1.0)
    live.join()
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from livecam.assembly import assemble
from livecam.errors import SinkError
from livecam.faces import Wearable
from livecam.faces.cast import open_cast
from livecam.live_run import LiveRun, LiveStats, refuse_twins
from livecam.load import Models
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.stats import Timings
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.sinks.live import Output, live_sink
from livecam.sources import live_source
from livecam.sources.microphone import Microphone
from livecam.sources.switchable import Switchable
from livecam.swap.standby import PolicyStandby

__all__ = ["Live", "LiveRun", "LiveStats"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A face onto whoever sits before a camera. The consent of whose face it is is the caller's.

    Nothing is looked at before `prepare`.
    """

    face: Wearable | None = None
    """The face to wear: a picture of it; as text the path of one, or else the name of a face that
    is kept; or several pictures of one person. None for a model whose file is the face."""
    reference: Wearable | None = None
    """Whose face changes, likewise; None takes the first in `settings.swap.order`."""
    cast: Path | None = None
    """A file that says which people's faces change into which, instead of `face` and `reference`.
    """
    camera: str | None = None
    """A camera's name, index or path, a stream's URL, a video file, or "synthetic"; None takes the
    first camera."""
    to: Sequence[str] = ("virtual",)
    """Outputs: "virtual" or "virtual:NAME" for a virtual camera, "preview", a URL, a file."""
    settings: Settings = field(default_factory=Settings)
    overwrite: bool = False
    """Replace files that exist."""
    patient: bool = False
    """Wait for a camera or a stream that is not there yet."""

    def prepare(self, *, progress: Progress | None = None, kept: Models | None = None) -> "LiveRun":
        """The run, its models loaded; the camera and the outputs are opened when it starts.

        Args:
            progress: Told of models that are fetched on first use.
            kept: Models of another run, of which those are taken that are the same.

        Raises:
            SettingsError: An output makes no sense, a setting names a model that cannot do this, or
                `cast` is none, or its people cannot be told apart.
            SourceError: There is no such camera, or `face` or `reference` cannot be read or shows
                no face.
            SinkError: An output cannot be written.
            ModelError: A model cannot be fetched or loaded.
        """
        options = self.settings.live
        video_format = options.video_format
        camera = live_source(
            self.camera,
            video_format=video_format,
            asked=options.asked,
            mirror=options.mirror,
            patient=self.patient,
        )
        source = Switchable(camera)
        microphone = Microphone(options.microphone) if options.microphone else None
        outputs = self._outputs(microphone)
        cast = open_cast(
            self.face, reference=self.reference, cast=self.cast, names=self.settings.models
        )
        timings = Timings()
        made = assemble(
            cast, self.settings, live=True, timings=timings, progress=progress, kept=kept
        )
        face_swap = made.face_swap
        pipeline = Pipeline(
            source,
            face_swap,
            list(outputs.values()),
            video_format=video_format,
            timings=timings,
            rate=video_format.rate,
            standby=PolicyStandby(lambda: face_swap.tuning, video_format),
        )
        return LiveRun(
            pipeline,
            face_swap,
            made.models,
            made.worn,
            faces=cast.faces,
            source=source,
            outputs=outputs,
            settings=made.settings,
            microphone=microphone,
        )

    def _outputs(self, microphone: Microphone | None) -> dict[str, Output]:
        """What pictures go to, by how it is named in `to`; nothing is opened."""
        refuse_twins(self.to)
        for target in self.to:
            if self.camera and Path(target).absolute() == Path(self.camera).absolute():
                raise SinkError(
                    f"{target} is the input itself", hint="Give the output another name."
                )
        return {
            target: live_sink(
                target,
                encoding=self.settings.stream,
                microphone=microphone,
                overwrite=self.overwrite,
            )
            for target in self.to
        }
