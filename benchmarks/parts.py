"""What masks, enhancers and upscalers cost, as ratios to the default swap.

Every part runs in this one process, turn about with the default, on the same frames; what counts
is the CPU time of all threads. Where no learned weights are installed, stand-ins show what goes on
around a network (a graph that does next to nothing), and XSeg at its real size, with weights drawn
by lot, what an occluder itself takes. `--live` paces the frames and has the occluder look beside.

    python benchmarks/parts.py [--live] [--seconds 3] [--turns 3]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from livecam.enhancers import FAMILIES as ENHANCERS
from livecam.enhancers import UPSCALERS, Enhancer, Upscaler
from livecam.frame import Frame
from livecam.load import Models, load_models
from livecam.maskers import FAMILIES as MASKERS
from livecam.maskers import Masker, Region
from livecam.picture import Picture
from livecam.pipeline.protocols import Processor
from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest
from livecam.runtime.session import Session, open_session
from livecam.settings import Settings
from livecam.sources.media_file import MediaFile
from livecam.swap.identity import read_portrait
from livecam.swap.masks import NO_MASK, Masks
from livecam.swap.options import Area, LabelOptions, MaskOptions, Show, SwapOptions
from livecam.swap.processor import FaceSwap
from livecam.swap.upscaling import Upscaled
from livecam.tracking import Tracker

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests"))
import stand_ins  # noqa: E402 – beside the tests
from xseg_sized import xseg_sized  # noqa: E402

RATE = 30


@dataclass(frozen=True)
class Part:
    """What is added to the default swap."""

    mask: MaskOptions = NO_MASK
    occluder: Masker | None = None
    parser: Masker | None = None
    enhancer: Enhancer | None = None
    upscaler: Upscaler | None = None


def parts(folder: Path) -> Iterator[tuple[str, Part]]:
    """Every part: without models, with stand-ins, with what is installed."""
    yield "padding and blur", Part(MaskOptions(padding=(0.1, 0.1, 0.1, 0.1), blur=0.2))
    yield "areas", Part(MaskOptions(areas=(Area.LOWER_FACE,)))
    graphs: Mapping[str, Callable[[], bytes]] = stand_ins.DOUBLES
    for manifest in Catalog().manifests():
        if manifest.task in {"masker", "enhancer", "upscaler"} and manifest.name in graphs:
            path = folder / f"{manifest.name}.onnx"
            path.write_bytes(graphs[manifest.name]())
            if manifest.name in {"xseg_1", "bisenet_resnet_18", "codeformer", "real_esrgan_x2"}:
                yield f"around {manifest.name}", _part(manifest, open_session(path))
    path = folder / "xseg.onnx"
    path.write_bytes(xseg_sized())
    yield "xseg_1 at its real size", _part(Catalog().manifest("xseg_1"), open_session(path))
    for entry in Catalog().entries():
        manifest = entry.manifest
        if entry.installed and manifest.task in {"masker", "enhancer", "upscaler"}:
            path = Catalog().path(manifest.name)
            yield manifest.name, _part(manifest, open_session(path, name=manifest.name))


def _part(manifest: Manifest, session: Session) -> Part:
    if manifest.task == "enhancer":
        return Part(enhancer=ENHANCERS[manifest.family](manifest, session))
    if manifest.task == "upscaler":
        return Part(upscaler=UPSCALERS[manifest.family](manifest, session))
    masker = MASKERS[manifest.family](manifest, session)
    if manifest.family == "xseg":
        return Part(MaskOptions(occlusion=True), occluder=masker)
    return Part(MaskOptions(regions=tuple(Region)), parser=masker)


def ms_per_frame(part: Part, models: Models, frames: list[Frame], *, live: bool) -> float:
    """CPU time of all threads for one frame, ms; the first frames do not count."""
    label = LabelOptions(show=Show.OFF)
    face_swap = FaceSwap(
        Tracker(models.detector, models.landmarker, Settings().tracking, live=live),
        models.swapper,
        models.identity(read_portrait(ROOT / "assets" / "portrait_c.png")),
        SwapOptions(mask=part.mask, label=label),
        masks=Masks(part.occluder, part.parser, live=live),
        enhancer=part.enhancer,
        live=live,
    )
    processor: Processor = face_swap
    if part.upscaler:
        processor = Upscaled(face_swap, part.upscaler)
    warm = min(RATE, len(frames) // 3)
    with face_swap:
        start = time.monotonic()
        for n, frame in enumerate(frames):
            if n == warm:
                begun = time.process_time()
            if live:
                time.sleep(max(0.0, start + n / RATE - time.monotonic()))
            processor.process(frame)
        return 1000 * (time.process_time() - begun) / (len(frames) - warm)


def main() -> None:
    """Prints a row for each part."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--live", action="store_true", help="paced, the occluder beside the frames")
    asked.add_argument("--seconds", type=float, default=3.0, help="of the demo clip")
    asked.add_argument("--turns", type=int, default=3)
    asked.add_argument("--only", default="", help="parts whose name contains this")
    given = asked.parse_args()
    models = load_models(Settings())
    clip = MediaFile(ROOT / "assets" / "clip_a.mp4", end_s=given.seconds)
    frames = [frame.with_picture(_kept(frame.picture)) for frame in clip.frames()]
    print(f"{len(frames)} frames of 720p, CPU time of all threads, median of {given.turns} turns")
    with TemporaryDirectory() as folder:
        for name, part in parts(Path(folder)):
            if given.only not in name:
                continue
            ratios, alone = [], []
            for _ in range(given.turns):
                alone.append(ms_per_frame(Part(), models, frames, live=given.live))
                with_part = ms_per_frame(part, models, frames, live=given.live)
                ratios.append(with_part / alone[-1])
            ratio, default = statistics.median(ratios), statistics.median(alone)
            more = (ratio - 1) * default
            print(f"{name:26} {ratio:7.2f} × the default's {default:5.1f} ms ({more:+.1f} ms)")


def _kept(picture: Picture) -> Picture:
    """`picture` in memory of its own: the decoder uses its planes again."""
    return replace(picture, y=picture.y.copy(), u=picture.u.copy(), v=picture.v.copy())


if __name__ == "__main__":
    main()
