"""Paper people: textured faces moved by known maps over a textured wall, and whoever sees them.

The detector and the landmarker of these tests know the truth, so what is tested is the tracker.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.face import Box, Detection, Mesh, Points
from livecam.frame import Frame
from livecam.landmarkers import Landmarks
from livecam.picture import Picture
from livecam.vision.mesh import five_points

WIDTH, HEIGHT = 640, 360
SIDE = 200
"""px of a face's paper at zoom 1."""

_REACH, _SLIDE = 70, 11
"""px at zoom 1: a landmarker is drawn to a face from so far, be it someone else's, and slides
towards it by so much from look to look.
"""


def texture(seed: int, width: int, height: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(size=(height, width)).astype(np.float32)
    grain = sum(cv2.GaussianBlur(noise, (0, 0), s) * s for s in (2, 4, 8, 16, 32))
    return np.clip(120 + 40 * grain / grain.std(), 16, 235).astype(np.uint8)


def _canonical() -> Mesh:
    """468 points spread over an oval, the named ones where a face has them; about 0, 100 wide."""
    n = np.arange(468)
    radius, angle = np.sqrt((n + 0.5) / 468), n * np.pi * (3 - np.sqrt(5))
    mesh = np.stack([50 * radius * np.cos(angle), 65 * radius * np.sin(angle), 0 * radius], 1)
    named = {33: (-32, -20), 133: (-12, -20), 362: (12, -20), 263: (32, -20), 4: (0, 8)}
    for index, place in (named | {61: (-18, 32), 291: (18, 32)}).items():
        mesh[index, :2] = place
    return mesh.astype(np.float32)


CANONICAL = _canonical()


@dataclass(frozen=True)
class Person:
    """Who is where in one frame."""

    name: str
    x: float
    y: float = HEIGHT / 2
    zoom: float = 1.0
    turn_deg: float = 0.0
    width: float = 1.0
    """Of the face's own; less when it turns to the side."""

    @property
    def frame_from_paper(self) -> NDArray[np.float64]:
        matrix = cv2.getRotationMatrix2D((0, 0), self.turn_deg, self.zoom)
        matrix[:, 0] *= self.width
        matrix[:, 2] += (self.x, self.y)
        return matrix

    @property
    def mesh(self) -> Mesh:
        flat = CANONICAL[:, :2] @ self.frame_from_paper[:, :2].T + (self.x, self.y)
        return np.column_stack([flat, CANONICAL[:, 2] * self.zoom]).astype(np.float32)


@dataclass
class Stage:
    """Draws frames, and plays the detector and the landmarker."""

    tremble_px: float = 0.0
    """Noise of the landmarker."""
    blind: bool = False
    """Whether the detector sees nobody."""
    unsure: set[str] = field(default_factory=set)
    """Whom the landmarker does not take for a face."""
    looks: list[float] = field(default_factory=list)
    """Times at which the detector looked, s."""
    smallest: list[float | None] = field(default_factory=list)
    """How small a face each of these looks had to find, px between the eyes."""
    _people: Sequence[Person] = ()
    _papers: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    _time_s: float = 0.0
    _noise: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def frame(
        self, index: int, people: Sequence[Person], *, rate: int = 30, wall: int = 0
    ) -> Frame:
        """The frame in which `people` stand before the wall, the last of them in front."""
        self._people, self._time_s = people, index / rate
        luma = self._paper(f"wall {wall}", WIDTH, HEIGHT).copy()
        oval = np.zeros((SIDE, SIDE), np.uint8)
        cv2.ellipse(oval, (SIDE // 2, SIDE // 2), (62, 80), 0, 0, 360, 255, -1)
        for person in people:
            matrix = person.frame_from_paper
            matrix[:, 2] -= matrix[:, :2] @ (SIDE / 2, SIDE / 2)
            face, mask = (
                cv2.warpAffine(plane, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
                for plane in (self._paper(person.name, SIDE, SIDE), oval)
            )
            luma[mask > 127] = face[mask > 127]
        grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
        return Frame(Picture(luma, grey, grey), index, index, Fraction(1, rate), 0.0)

    def _paper(self, name: str, width: int, height: int) -> NDArray[np.uint8]:
        if name not in self._papers:
            self._papers[name] = texture(sum(map(ord, name)), width, height)
        return self._papers[name]

    def visible(self) -> list[Person]:
        """Those within the frame whom nobody in front covers."""
        return [
            person
            for n, person in enumerate(self._people)
            if 0 < person.x < WIDTH
            and 0 < person.y < HEIGHT
            and all(np.hypot(person.x - o.x, person.y - o.y) > 60 for o in self._people[n + 1 :])
        ]

    def detect(
        self,
        picture: Picture,  # noqa: ARG002 – it knows
        *,
        smallest: float | None = None,
    ) -> list[Detection]:
        self.looks.append(self._time_s)
        self.smallest.append(smallest)
        seen = [] if self.blind else self.visible()
        return [Detection(_box(person.mesh), 0.9, five_points(person.mesh)) for person in seen]

    def locate(self, picture: Picture, around: Points | Mesh) -> Landmarks:  # noqa: ARG002
        x, y = around[:, :2].mean(axis=0).tolist()
        near = min(
            (p for p in self.visible() if p.name not in self.unsure),
            key=lambda p: np.hypot(p.x - x, p.y - y),
            default=None,
        )
        far = np.inf if near is None else np.hypot(near.x - x, near.y - y) / near.zoom
        if near is None or far > _REACH:
            mesh = around if len(around) == 468 else Person("", x, y).mesh
            return Landmarks(mesh, 0.01)
        mesh = near.mesh + self._noise.normal(size=(468, 3)).astype(np.float32) * self.tremble_px
        if far > _SLIDE and len(around) == 468:
            mesh[:, :2] += (1 - _SLIDE / far) * np.float32([x - near.x, y - near.y])
        return Landmarks(mesh, 0.99)


def _box(mesh: Mesh) -> Box:
    low, high = mesh[:, :2].min(axis=0).tolist(), mesh[:, :2].max(axis=0).tolist()
    return Box(low[0], low[1] - 0.2 * (high[1] - low[1]), *high)
