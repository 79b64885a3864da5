"""The portrait's proportions, in the pose and with the expression of the target."""

import math

import numpy as np
from numpy.typing import NDArray

from livecam.face import Mesh
from livecam.vision.facemesh import (
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_LIDS,
    LIPS,
    LOWER_LIP,
    NOSE,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_LIDS,
    UPPER_LIP,
)
from livecam.vision.mask import smoothstep
from livecam.vision.mesh import eye_distance
from livecam.vision.pose import Pose

_SHARES = (
    ((*LEFT_BROW, *RIGHT_BROW), 1.0),
    (NOSE, 1.0),
    ((*LEFT_EYE, *RIGHT_EYE), 0.5),
    ((*LIPS, *INNER_LIPS), 0.05),
)
"""How far each feature moves at strength 1. Eyes and mouth carry the expression, so they move
less; the curve is in benchmarks/likeness.py."""
_REACH = 0.15
"""How far a feature's share is felt around it, in eye distances."""
_FREE = 0.15
"""Points on the oval stay the target's; those so far inside it, in eye distances, move freely."""
_MEMORY_S = 10.0
"""Over how long the target's own proportions are averaged."""
_CLOSED_MOUTH = 0.04
"""Opening of the mouth, in eye distances, at which a frame says little of the shape at rest."""
_LIGHT_S = 0.5
"""Time constant of the lightness of the skin."""
_OPENING_S, _FORGETTING_S = 0.1, 8.0
"""Time constants of how wide the eyes open: it rises fast and is forgotten slowly."""
_LIDS = np.array([LEFT_LIDS, RIGHT_LIDS])


class Proportions:
    """Of a portrait: its mesh, turned to the front and one eye distance wide."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = _canonical(mesh)
        """float32 (468, 3), turned to the front, in eye distances."""
        self.to_edge = _distance_to_oval(self.mesh)
        """float32 (468,): how far inside the oval each point lies, in eye distances."""
        self._shares = _felt_shares(self.mesh) * smoothstep(self.to_edge, 0.0, _FREE)

    def moved(self, target: Mesh, at_rest: "AtRest", strength: float) -> Mesh:
        """`target`, float32 (468, 3), with its features moved towards the portrait's.

        Args:
            target: A face, in any pose and unit.
            at_rest: What is known of its proportions.
            strength: 0 leaves `target` as it is; see `_SHARES`.
        """
        pose = Pose.between(self.mesh, target)
        shares = np.minimum(self._shares * strength, 1.0)
        return target + pose.turn((self.mesh - at_rest.mesh) * shares[:, None])


class AtRest:
    """What a target's face is without an expression, learnt while it is watched.

    A mean of the frames so far, those with a closed mouth counting most, so that the difference to
    the portrait is one of proportions and not of what is being said.
    """

    def __init__(self, reference: Proportions) -> None:
        self._reference = reference
        self._weight_s = 0.0
        self._time_s: float | None = None
        self.mesh = reference.mesh
        """float32 (468, 3), turned to the front, in eye distances."""
        self.open_eyes = 0.0
        """Height over width of the eyes when open."""
        self.skin_lightness = 0.0
        """CIE L* of the skin, 0–100."""

    def watch(self, mesh: Mesh, skin_lightness: float, time_s: float) -> None:
        """Takes in the face `mesh`, with skin of CIE L* `skin_lightness`, at `time_s`."""
        first = self._time_s is None
        interval = 0.05 if self._time_s is None else min(max(time_s - self._time_s, 0.0), 0.2)
        self._time_s = time_s
        front = Pose.between(mesh, self._reference.mesh).apply(mesh)
        gap = math.dist(front[UPPER_LIP].tolist(), front[LOWER_LIP].tolist())
        says = math.exp(-((gap / _CLOSED_MOUTH) ** 2)) + 1e-3
        self._weight_s = min(self._weight_s + says * interval, _MEMORY_S)
        share = 1.0 if first else says * interval / self._weight_s
        self.mesh = self.mesh + np.float32(share) * (front - self.mesh)
        opening = sum(eye_openings(mesh)) / 2
        if first:
            self.open_eyes, self.skin_lightness = opening, skin_lightness
        self.skin_lightness += (skin_lightness - self.skin_lightness) * _share(interval, _LIGHT_S)
        constant_s = _OPENING_S if opening > self.open_eyes else _FORGETTING_S
        self.open_eyes += (opening - self.open_eyes) * _share(interval, constant_s)


def _share(interval_s: float, constant_s: float) -> float:
    """How far a first-order low-pass goes towards its input in `interval_s`."""
    return 1 - math.exp(-interval_s / constant_s)


def eye_openings(mesh: Mesh) -> tuple[float, float]:
    """Height over width of the left and of the right eye, in space: yaw leaves it as it is."""
    left, right = (
        math.dist(upper, lower) / max(math.dist(outer, inner), 1e-6)
        for upper, lower, outer, inner in mesh.take(_LIDS, axis=0).tolist()
    )
    return left, right


def _canonical(mesh: Mesh) -> Mesh:
    """`mesh` about the middle of its oval, one eye distance wide; its pose is taken as frontal."""
    centred = mesh - mesh[list(OVAL)].mean(axis=0)
    return np.asarray(centred / eye_distance(mesh), np.float32)


def _distance_to_oval(mesh: Mesh) -> NDArray[np.float32]:
    flat = mesh[:, :2].astype(np.float32)
    oval = flat[list(OVAL)]
    along = np.roll(oval, -1, axis=0) - oval
    to_points = flat[:, None] - oval
    at = np.clip((to_points * along).sum(-1) / (along * along).sum(-1), 0, 1)
    distance = np.linalg.norm(to_points - at[..., None] * along, axis=-1).min(axis=1)
    distance[list(OVAL)] = 0.0
    return np.asarray(distance, np.float32)


def _felt_shares(mesh: Mesh) -> NDArray[np.float32]:
    """float32 (468,): each point moves as the features near it do."""
    total, felt = np.zeros(len(mesh)), np.zeros(len(mesh))
    for points, share in _SHARES:
        apart = np.linalg.norm(mesh[:, None, :2] - mesh[None, list(points), :2], axis=-1)
        near = np.exp(-((apart.min(axis=1) / _REACH) ** 2)) + 1e-9
        total += near * share
        felt += near
    return np.asarray(total / felt, np.float32)
