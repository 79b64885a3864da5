"""A portrait's face without the light of its own room, for skins of another lightness."""

import cv2
import numpy as np

from livecam.swappers.skin import Areas, Lab, Plane
from livecam.vision.mask import risen, smoothstep

_DARK, _LIGHT = 35.0, 60.0
"""CIE L* of skins: up to the first they are dark, from the second on light."""
_BROAD = 0.14
"""σ of the shading against which all else is lighter or darker, in eye distances."""
_SHADED = (1.5, 6.0)
"""How much of its broad shading a dark and a light skin keeps, in limits of highlights."""
_FINE, _SOFT = 0.01, 0.02
"""σ in eye distances: pores are finer than the first, and the second is how finely skin is shaded
away from its features."""
_PORES, _STAINS = 0.5, 0.3
"""What a dark skin keeps of its pores, and of what lies between them and its shading."""
_DEEP = (0.7, 2.1)
"""How much darker than the skin around, in limits of highlights, features begin and are sure."""
_DRAWN = 0.3
"""By how much a dark skin's brows and lids are drawn stronger for a light one."""
_ROOM = 0.008
"""How far the relative chroma of skin may lie off its hue; on lips five times as far."""
_LIPS = (0.09, -0.02)
"""Least relative chroma a, b of lips beyond that of a dark skin around them."""
_DARKER, _MATT = 2.0, 0.8
"""How much darker than on a dark skin its lips are, L*, and how much of their gloss they lose."""


def evenly_lit(lab: Lab, areas: Areas) -> Lab:
    """`lab` without highlights and blotches, which would shine on a lighter face.

    Highlights are what is lighter than the skin around; they are bent down, the more the darker
    the skin, for there they stand out most. What is much darker than the skin around is a feature:
    brow, lid, nostril, fold. All else on a dark skin is its stains and the edges of its gloss:
    soft shading stays of it. For what stands out by a few levels on a dark skin is lost on a light
    one, brows and lids are drawn stronger, and lips are redder.
    """
    base = _around(lab[..., 0], areas.bare, areas, _BROAD)
    light = lab[..., 0] - base
    limit = np.clip(base / 12, 2.5, 6.0).astype(np.float32)
    level = float((base * areas.bare).sum() / areas.bare.sum())
    dark = 1 - risen(level, _DARK, _LIGHT)
    lips = _lips(lab, areas)
    room = limit * (_SHADED[0] * dark + _SHADED[1] * (1 - dark))
    lit = lab.copy()
    lit[..., 0] = level + _bent(base - level, room)
    lit[..., 0] += _evened(light, limit, lips, dark, areas)
    matt = areas.bare * np.exp(-np.square(np.maximum(lab[..., 0] - level, 0) / limit))
    for channel, redder in enumerate(_LIPS, 1):
        hue = _around(lab[..., channel], matt, areas, 0.4)
        even = hue + _bent(lab[..., channel] - hue, _ROOM * (1 + 4 * lips))
        even += dark * lips * np.maximum(hue + redder - even, 0)
        lit[..., channel] = even + (lab[..., channel] - even) * areas.soft_eyes
    return lit


def _evened(light: Plane, limit: Plane, lips: Plane, dark: float, areas: Areas) -> Plane:
    """What is left of `light`, which is L* beyond that of the skin around."""
    soft = areas.blurred(light, _FINE)
    deep = smoothstep(-soft / limit, *_DEEP)
    kept = np.asarray(np.maximum(deep, lips), np.float32)
    shading = _around(soft, areas.bare * (np.float32(1.001) - kept), areas, _SOFT)
    smooth, pores = _dulled(soft, limit), _dulled(light - soft, limit)
    own = (smooth + pores) * (1 + dark * _DRAWN * areas.drawn * deep)
    own -= dark * lips * (_DARKER + _MATT * np.maximum(smooth, 0))
    skin = _dulled(shading, limit) * (1 - _STAINS) + smooth * _STAINS + pores * _PORES
    return np.asarray(own + dark * (1 - kept) * (skin - own), np.float32)


def _lips(lab: Lab, areas: Areas) -> Plane:
    """Where the lips are seen, 0–1.

    Full ones reach further down than landmarkers say, so that what lies below and has their colour
    is theirs too.
    """
    below = areas.disc(0.16)
    below[len(below) // 2 + 3 :] = 0
    near = np.asarray(cv2.dilate(areas.lips, below), np.float32)
    around = np.asarray(cv2.dilate(areas.lips, areas.disc(0.5)), np.float32) - near
    inner = np.asarray(cv2.erode(areas.lips, areas.disc(0.03)), np.float32)
    chroma = areas.blurred(lab[..., 1:], 0.01)
    skin = np.median(chroma[(around > 0.5) & (areas.face > 0.5)], axis=0)
    way = np.median(chroma[inner > 0.5], axis=0) - skin
    alike = smoothstep((chroma - skin) @ (way / (way @ way + 1e-6)), 0.3, 0.7)
    return areas.blurred(np.maximum(alike * areas.blurred(near, 0.02), inner), 0.015)


def _around(plane: Plane, weight: Plane, areas: Areas, share: float) -> Plane:
    """The weighted mean of `plane` around each px, σ = `share` of the eye distance."""
    return areas.blurred(plane * weight, share) / areas.blurred(weight + 1e-6, share)


def _dulled(light: Plane, limit: Plane) -> Plane:
    """`light`, its highlights bent down."""
    return np.where(light > 0, _bent(light, limit), light)


def _bent(values: Plane, limit: Plane) -> Plane:
    """`values`, the large ones bent down so that none is beyond ±`limit`."""
    return np.asarray(limit * np.tanh(values / limit), np.float32)
