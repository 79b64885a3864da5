"""What the tests of the swap share: the portraits with their meshes, frames, and the models."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from livecam.detectors import FAMILIES as DETECTORS
from livecam.detectors import Detector
from livecam.face import Box, Crop, Face, Identity, Mesh
from livecam.frame import Frame
from livecam.landmarkers import FAMILIES as LANDMARKERS
from livecam.landmarkers import Landmarker
from livecam.picture import Image, Patch, Picture
from livecam.runtime.catalog import Catalog
from livecam.runtime.session import Session, open_session
from livecam.swap.identity import read_portrait
from livecam.swappers import Disguise
from livecam.swappers.eyes import Eyes
from livecam.swappers.manner import Manner

TESTS = Path(__file__).parent
PORTRAITS = ("a", "b", "c")


@cache
def portrait(who: str) -> Identity:
    """Rendered person a, b or c, with the mesh FaceMesh gives (a test holds it to that)."""
    with np.load(TESTS / "portrait_meshes.npz") as meshes:
        mesh = meshes[who]
    shown = read_portrait(TESTS.parent / "assets" / f"portrait_{who}.png")
    return Identity(shown.name, shown.portrait, mesh)


@cache
def session(name: str) -> Session:
    return open_session(Catalog().path(name), providers=["cpu"])


@cache
def landmarker() -> Landmarker:
    return LANDMARKERS["facemesh"](Catalog().manifest("facemesh"), session("facemesh"))


@cache
def detector() -> Detector:
    return DETECTORS["centerface"](Catalog().manifest("centerface"), session("centerface"))


def frame(picture: Picture, index: int = 0, *, rate: int = 30) -> Frame:
    return Frame(picture, index, index, Fraction(1, rate), 0.0)


def face(mesh: Mesh, track_id: int = 0) -> Face:
    """A face whose box goes round its mesh."""
    low, high = mesh[:, :2].min(axis=0).tolist(), mesh[:, :2].max(axis=0).tolist()
    eyes = [mesh[[33, 133], :2].mean(axis=0), mesh[[362, 263], :2].mean(axis=0)]
    five = np.concatenate([eyes, mesh[[4, 61, 291], :2]]).astype(np.float32)
    return Face(track_id, Box(*low, *high), five, mesh, 1.0, detected=True)


def patch(
    disguise: Disguise,
    picture: Picture,
    mesh: Mesh,
    *,
    track_id: int = 0,
    strength: float = 1.0,
    eyes: Eyes = Eyes.TARGET,
    time_s: float = 0.0,
) -> Patch | None:
    """What `disguise` gives for the face `mesh` of `picture`."""
    seen, manner = face(mesh, track_id), Manner(strength=strength, eyes=eyes)
    crop_from_frame, size = disguise.alignment(seen, manner)
    crop = Crop(picture, crop_from_frame, size)
    return disguise.swap(crop, seen, manner, time_s=time_s)


def turned(mesh: Mesh, yaw_deg: float) -> Mesh:
    """`mesh`, turned about the vertical axis through its middle, to the picture's right."""
    angle = np.radians(yaw_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    about = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]])
    middle = mesh.mean(axis=0)
    return ((mesh - middle) @ about.T + middle).astype(np.float32)


def psnr(one: Image, other: Image) -> float:
    """Peak signal to noise, dB."""
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float(10 * np.log10(255**2 / max(float(error), 1e-9)))


def same_samples(one: Picture, other: Picture) -> Mapping[str, bool]:
    return {name: np.array_equal(getattr(one, name), getattr(other, name)) for name in "yuv"}
