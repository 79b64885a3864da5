"""From settings to a run: the one module that knows every room.

job = FileSwap(Path("in.mp4"), Path("out.mp4"), face=Path("me.png")).prepare()
with job.pipeline as pipeline:
    while not pipeline.join(1):
        print(pipeline.stats().delivered, "of", job.frame_count)
print(job.report())
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from livecam.assembly import assemble
from livecam.errors import SinkError
from livecam.faces import Wearable, open_face, pictures_of
from livecam.faces.cast import open_cast, read_cast
from livecam.load import load_upscaler
from livecam.media.length import expected_frames
from livecam.pipeline.pipeline import Pipeline
from livecam.pipeline.protocols import Processor, Sink
from livecam.pipeline.stats import Timings
from livecam.runtime.download import Progress
from livecam.settings import Settings
from livecam.sinks import file_sink
from livecam.sinks.before_after import BeforeAfter
from livecam.sinks.image_file import ImageFileSink
from livecam.sources import file_source
from livecam.sources.image_file import ImageFile
from livecam.sources.media_file import MediaFile
from livecam.swap.processor import FaceSwap
from livecam.swap.upscaling import Upscaled, enlarged


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job."""

    output: Path
    frames: int
    """Frames written."""
    unswapped: int
    """Frames of them without a swap: no face, or none that could be swapped. `swap.on_lost` says
    what they show."""
    looks: int
    """Frames the detector looked at."""
    fps: float
    """Frames done per second of work."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """Frames in which each of the people of a reference or a cast was told to be, by name."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """The swap of one file, ready to run: checked, its models loaded, nothing written yet."""

    pipeline: Pipeline
    face_swap: FaceSwap
    output: Path
    frame_count: int | None
    """Frames there will be, as far as the input says."""
    people: tuple[str, ...] = ()
    """Those of a reference or a cast, by name."""

    def report(self) -> Report:
        """What has come of it until now."""
        stats = self.pipeline.stats()
        return Report(
            output=self.output,
            frames=stats.delivered,
            unswapped=self.face_swap.report.unswapped,
            looks=self.face_swap.report.looks,
            fps=stats.fps,
            seen={
                name: self.face_swap.report.seen.get(number, 0)
                for number, name in enumerate(self.people)
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSwap:
    """A face into one video or image. The consent of the person whose face it is is the caller's.

    Nothing is looked at before `run` or `prepare`.
    """

    source: Path = field(kw_only=False)
    """A video or an image."""
    output: Path = field(kw_only=False)
    """What to write; appears under its name only when it is whole."""
    face: Wearable | None = None
    """The face to wear: a picture of it; as text the path of one, or else the name of a face that
    is kept; or several pictures of one person. None for a model whose file is the face."""
    reference: Wearable | None = None
    """The one person whose face changes, likewise; None leaves that to `settings.swap`."""
    cast: Path | None = None
    """A file that says which people's faces change into which, instead of `face` and `reference`.
    """
    settings: Settings = field(default_factory=Settings)
    overwrite: bool = False
    """Replace `output` if it exists."""
    drop_streams: bool = False
    """Leave out sound and subtitles that `output` cannot hold, instead of refusing."""
    start_s: float | None = None
    """Begin here, s from the start of a video."""
    end_s: float | None = None
    """End before this, s from the start of a video."""
    before_after: Path | None = None
    """An image to write besides: one frame, before and after."""

    def run(self) -> Report:
        """Does it all, and says what came of it.

        Raises:
            LivecamError: As `prepare`, and whatever fails on the way.
        """
        job = self.prepare()
        job.pipeline.run()
        return job.report()

    def prepare(self, *, progress: Progress | None = None) -> Job:
        """The job, after all that can be known to fail has been found out.

        Args:
            progress: Told of models that are fetched on first use.

        Raises:
            SettingsError: The times leave nothing, a setting names a model that cannot do this, or
                `cast` is none, or its people cannot be told apart.
            SourceError: `source`, `face` or `reference` cannot be read, or shows no face.
            SinkError: `output` or `before_after` exists, or cannot be written.
            ModelError: A model cannot be fetched or loaded.
        """
        if self.face is None and self.cast is None:
            open_face(None, self.settings.models)  # what is missing is said before all else
        source = file_source(self.source, start_s=self.start_s, end_s=self.end_s)
        video_format = source.probe()
        sink = file_sink(
            self.output,
            copy_from=self.source,
            encoding=self.settings.output,
            overwrite=self.overwrite,
            drop_streams=self.drop_streams,
            start_s=self.start_s,
            end_s=self.end_s,
        )
        upscaler = load_upscaler(self.settings, progress=progress)
        shown_format = enlarged(video_format, upscaler)
        sink.check(shown_format)
        beside = self.before_after and ImageFileSink(self.before_after, overwrite=self.overwrite)
        if beside:
            beside.check(video_format)
        self._refuse_to_replace()
        timings = Timings()
        cast = open_cast(
            self.face, reference=self.reference, cast=self.cast, names=self.settings.models
        )
        made = assemble(cast, self.settings, live=False, timings=timings, progress=progress)
        face_swap = made.face_swap
        processor: Processor = face_swap
        sinks: list[Sink] = [sink]
        if beside:
            processor = shown = BeforeAfter(face_swap, beside)
            sinks.append(shown)
        if upscaler:
            processor = Upscaled(processor, upscaler)
        pipeline = Pipeline(
            source,
            processor,
            sinks,
            video_format=shown_format,
            timings=timings,
            ahead=face_swap.follow,
        )
        return Job(pipeline, face_swap, self.output, _frame_count(source), cast.names)

    def _refuse_to_replace(self) -> None:
        """Raises a SinkError where an output would take the place of the input or another file."""
        named = [one for one in (self.face, self.reference) if one is not None]
        for part in read_cast(self.cast) if self.cast else []:
            named += [part.person, part.face]
        pictures = (picture.resolve() for one in named for picture in pictures_of(one))
        taken = dict.fromkeys(pictures, "the picture of a face that this run needs")
        taken[self.source.resolve()] = "the input"
        for output in filter(None, (self.output, self.before_after)):
            if (place := output.resolve()) in taken:
                raise SinkError(f"{output} is {taken[place]}", hint="Give the output another name.")
            taken[place] = "the output"


def make_face_swap(
    face: Wearable | None,
    settings: Settings,
    *,
    timings: Timings | None = None,
    progress: Progress | None = None,
) -> FaceSwap:
    """The processor that puts the face of a portrait on the people of a video.

    Args:
        face: As in `FileSwap.face`.
        settings: Which models, where they run, and how they are used.
        timings: Where the durations of its parts go.
        progress: Told of models that are fetched on first use.

    Raises:
        SettingsError: A setting names a model that cannot do this.
        SourceError: `face` cannot be read, or shows no face.
        ModelError: A model cannot be fetched or loaded.
    """
    cast = open_cast(face, reference=None, cast=None, names=settings.models)
    return assemble(cast, settings, live=False, timings=timings, progress=progress).face_swap


def _frame_count(source: MediaFile | ImageFile) -> int | None:
    if isinstance(source, ImageFile):
        return 1
    return expected_frames(source.path, start_s=source.start_s, end_s=source.end_s)
