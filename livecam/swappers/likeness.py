"""How much of the portrait's identity a face is given, against its own."""

import numpy as np

from livecam.embedders import Embedder
from livecam.face import Crop, Embedding, Face
from livecam.swappers.manner import AS_MADE

_MOST = 0.35
"""How far the identity goes towards the target's own at strength 0, and beyond the portrait's at
the strongest: further, generators leave the faces they know."""
_STRONGEST = 2.0
_EVERY_S = 1.0
"""How often a target is looked at, s."""
_NEWS = 0.3
"""How much of what is known of a target a further look changes: no jump is to be seen."""


class Likeness:
    """One identity, and what is known of who wears it.

    Args:
        own: The identity's embedding.
        embedder: Looks at the targets; runs only where the strength is not the model's own.
    """

    def __init__(self, own: Embedding, embedder: Embedder) -> None:
        self._own = own
        self._length = float(np.linalg.norm(own))
        self._embedder = embedder
        self._targets: dict[int, tuple[float, Embedding]] = {}

    def between(self, crop: Crop, face: Face, strength: float, time_s: float) -> Embedding:
        """The embedding to give the face in `crop`: float32 (d,), as long as the identity's.

        At `AS_MADE` it is the identity's; below, some of the target's is in it; above, it lies on
        the far side of the identity's, seen from the target.
        """
        reach = AS_MADE if strength < AS_MADE else _STRONGEST - AS_MADE
        share = _MOST * (AS_MADE - strength) / reach
        if share == 0:
            return self._own
        target = self._seen(crop, face, time_s) * np.float32(self._length)
        mixed = self._own + np.float32(share) * (target - self._own)
        return mixed * np.float32(self._length / max(float(np.linalg.norm(mixed)), 1e-12))

    def forget(self, alive: set[int]) -> None:
        """Drops what is known of tracks that are not in `alive`."""
        self._targets = {key: seen for key, seen in self._targets.items() if key in alive}

    def _seen(self, crop: Crop, face: Face, time_s: float) -> Embedding:
        """Who the target is, float32 (d,) of length 1."""
        last_s, known = self._targets.get(face.track_id, (0.0, None))
        if known is not None and 0 <= time_s - last_s < _EVERY_S:
            return known
        found = self._embedder.embed(crop.picture, face.landmarks)
        found = found / max(float(np.linalg.norm(found)), 1e-12)
        if known is not None:
            found = known + np.float32(_NEWS) * (found - known)
        self._targets[face.track_id] = time_s, found
        return found
