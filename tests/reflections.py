"""What livecam feeds a learned swapper and makes of its answer, held against the publishers' word.

Nothing here uses livecam's templates, fits, crops or tensors: those are what is looked at.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import doubles
import numpy as np
from doubles import POINTS, SWAPPERS, Published
from numpy.typing import NDArray
from wearing import face, portrait

from livecam.face import Crop, Face, Identity
from livecam.picture import Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.graph import make_ready
from livecam.runtime.manifest import Input, Manifest
from livecam.runtime.session import Session, open_session
from livecam.swappers import FAMILIES
from livecam.swappers.manner import Manner
from livecam.vision.templates import TEMPLATES

LEAST_DB = 45.0
_TILT_DEG = 12.0


@dataclass
class Recorded:
    """A session that remembers what it was fed."""

    session: Session
    fed: list[Mapping[str, NDArray[Any]]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]:
        self.fed.append(dict(feeds))
        return self.session.run(feeds)


@dataclass
class Stored:
    """An embedder that must not run."""

    def embed(self, *_: object) -> NDArray[np.float32]:
        raise AssertionError("nobody asked for the target's identity")


@cache
def published_session(name: str, kind: Callable[[Published], bytes] = doubles.mirror) -> Session:
    """The double of the model `name`, made ready as livecam does it with its own manifest."""
    with TemporaryDirectory() as folder:
        weights, ready = Path(folder) / "double.onnx", Path(folder) / "ready.onnx"
        weights.write_bytes(kind(SWAPPERS[name]))
        found = make_ready(weights, Catalog().manifest(name).input, ready)
        kept = _kept(name, kind) / "model.onnx"
        kept.write_bytes(found.read_bytes())
    return open_session(kept, providers=["cpu"])


_FOLDERS: dict[tuple[str, object], TemporaryDirectory[str]] = {}


def _kept(name: str, kind: object) -> Path:
    folder = _FOLDERS.setdefault((name, kind), TemporaryDirectory())
    return Path(folder.name)


def embeddings(seed: int = 3) -> dict[str, NDArray[np.float32]]:
    """What every embedder there is says of somebody; no two the same."""
    random = np.random.default_rng(seed)
    names = sorted(m.name for m in Catalog().manifests() if m.task == "embedder")
    return {
        name: (random.normal(size=doubles.EMBEDDING)).astype(np.float32) * np.float32(0.9)
        for name in names
    }


@cache
def identity() -> Identity:
    """Somebody on a picture so smooth that all ways to make it smaller agree."""
    shown = portrait("a")
    smooth = np.asarray(cv2.GaussianBlur(shown.portrait, (0, 0), 9), np.uint8)
    five = face(shown.mesh).landmarks
    return Identity(shown.name, smooth, shown.mesh, five, embeddings())


@cache
def scene(points: str, size: int) -> tuple[Picture, Face]:
    """A smooth picture of a tilted face, about as fine as a crop of `size` px takes it."""
    shown = portrait("b")
    five = face(shown.mesh).landmarks.astype(np.float64)
    scale = 0.95 * size / 1024 * _larger(POINTS[points], five / 1024)
    side = round(1.15 * 1024 * scale)
    turn = cv2.getRotationMatrix2D((512, 512), _TILT_DEG, scale)
    turn[:, 2] += side / 2 - 512
    smooth = cv2.GaussianBlur(shown.portrait, (0, 0), 1.6 / scale)
    image = cv2.warpAffine(smooth, turn, (side, side), borderMode=cv2.BORDER_REPLICATE)
    mesh = shown.mesh.copy()
    mesh[:, :2] = mesh[:, :2] @ turn[:, :2].T + turn[:, 2]
    mesh[:, 2] *= scale
    return Picture.from_rgb(np.ascontiguousarray(image, np.uint8)), face(mesh.astype(np.float32))


def _larger(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    apart = (np.linalg.norm(p[0] - p[3]) + np.linalg.norm(p[1] - p[4]) for p in (one, other))
    return float(np.divide(*apart))


def cut(
    image: NDArray[np.uint8], landmarks: NDArray[np.float32], points: str, side: int
) -> NDArray[np.float64]:
    """The crop that the publisher would take: float64 (side, side, 3) RGB 0–1."""
    goal = POINTS[points] * side
    (x, y), one, none = landmarks.T.astype(np.float64), np.ones(5), np.zeros(5)
    system = np.vstack([np.column_stack([x, -y, one, none]), np.column_stack([y, x, none, one])])
    a, b, right, down = np.linalg.lstsq(system, goal.T.ravel(), rcond=None)[0]
    place = np.array([[a, -b, right], [b, a, down]])
    grown = cv2.warpAffine(
        image.astype(np.float64) / 255, place, (side, side), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(grown, np.float64)


def expected_source(model: Published, who: Identity) -> NDArray[np.float64]:
    """What the publisher would feed as the identity, a batch of one."""
    if model.identity == "portrait":
        side, points = model.portrait
        assert who.landmarks is not None
        return cut(who.portrait, who.landmarks, points, side).transpose(2, 0, 1)[None]
    vector = who.embeddings[model.embedder].astype(np.float64)
    if model.identity == "converted":
        return vector[None]
    vector = vector / np.sqrt((vector**2).sum())
    if model.identity == "projected":
        vector = np.array([(vector * column).sum() for column in doubles.matrix().T])
        vector = vector / np.sqrt((vector**2).sum())
    return vector[None]


def check(name: str, manifest: Manifest, *, boost: int = 1) -> float:
    """Wears a reflection with the model `name` as `manifest` has it; dB inside the mask.

    Raises:
        AssertionError: Something that is fed or shown is not what it should be.
        LivecamError: livecam found that out by itself.
    """
    model = SWAPPERS[name]
    session = Recorded(published_session(name))
    swapper = FAMILIES[manifest.family](manifest, session, lambda _: Stored())  # type: ignore[arg-type]  # it does what sessions do
    who, manner = identity(), Manner(boost=boost)
    disguise = swapper.wear(who)
    picture, seen = scene(model.points, model.size * boost)
    place, side = disguise.alignment(seen, manner)
    patch = disguise.swap(Crop(picture, place, side), seen, manner, time_s=0.0)
    assert patch is not None
    fed = session.fed[-1]
    _check_target(model, fed["target"], picture, seen, boost)
    expected = expected_source(model, who)
    fit = {"rtol": 2e-3, "atol": 2e-4} if model.half else {"rtol": 1e-4, "atol": 1e-6}
    if model.identity == "portrait":
        fit = {"rtol": 0.0, "atol": 0.05}
        assert np.abs(fed["source"] - expected).mean() < 0.004
    np.testing.assert_allclose(fed["source"], expected, **fit)
    assert fed["source"].dtype == fed["target"].dtype
    pasted = picture.paste([patch])
    inside = _inside(patch.mask, place, picture)
    assert inside.sum() > 0.4 * (side * 0.8) ** 2
    error = (pasted.to_rgb()[inside].astype(float) - picture.to_rgb()[inside]) ** 2
    decibels = float(10 * np.log10(255**2 / max(float(error.mean()), 1e-9)))
    assert decibels >= LEAST_DB, f"{decibels:.1f} dB"
    return decibels


def _check_target(
    model: Published, fed: NDArray[Any], picture: Picture, seen: Face, boost: int
) -> None:
    """Whether the tensor is the publisher's crop; of a boosted one, each phase of it."""
    assert fed.shape == (boost**2, 3, model.size, model.size)
    assert fed.dtype == (np.float16 if model.half else np.float32)
    wanted = cut(picture.to_rgb(), seen.landmarks, model.points, model.size * boost)
    mean, deviation = model.scaling
    for index, tensor in enumerate(fed):
        row, column = divmod(index, boost)
        phase = wanted[row::boost, column::boost]
        shown = tensor.astype(np.float64).transpose(1, 2, 0) * deviation + mean
        gap = np.abs(shown - phase)[2:-2, 2:-2] * 255
        assert gap.mean() < 0.8, f"{gap.mean():.2f} levels off"


def _inside(mask: NDArray[np.uint8], place: NDArray[np.float32], picture: Picture) -> Any:
    size = picture.width, picture.height
    back = cv2.warpAffine(mask, place, size, flags=cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR)
    return back > 250


def mistaken_inputs(spec: Input) -> Iterator[tuple[str, Input]]:
    """`spec` with one mistake."""
    for template in TEMPLATES:
        if template != spec.template:
            yield f"template {template}", replace(spec, template=template)
    yield "channels", replace(spec, channels="rgb" if spec.channels == "bgr" else "bgr")
    yield "layout", replace(spec, layout="nchw" if spec.layout == "nhwc" else "nhwc")
    yield "name", replace(spec, name="picture")
    yield "size", replace(spec, size=(spec.size[0] // 2, spec.size[1] // 2))
    yield "mean", replace(spec, mean=tuple(value + 10 for value in spec.mean))
    yield "std", replace(spec, std=tuple(value * 1.05 for value in spec.std))
    if len(set(spec.mean)) > 1:
        yield "order of the mean", replace(spec, mean=spec.mean[::-1])
