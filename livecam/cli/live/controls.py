"""What each key does to a live run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from livecam.errors import LivecamError
from livecam.faces import Wearable
from livecam.live import LiveRun
from livecam.runtime.catalog import Catalog
from livecam.swap import Faces, OnLost, Show, SwapOptions
from livecam.swappers.eyes import Eyes

_STEP, _STRONGEST = 0.05, 2.0
_POLICIES = (OnLost.HOLD_BLUR, OnLost.BLUR, OnLost.FREEZE, OnLost.SLATE)
"""What a key goes through: `pass` would show the wearer, and is not come upon by accident."""
_SWAPPED = {
    Faces.ONE: "One face is swapped.",
    Faces.MANY: "All faces are swapped.",
    Faces.REFERENCE: "Known faces are swapped.",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key."""

    characters: str
    """Any of them."""
    shown: str
    """What is written on it."""
    does: str


class Controls:
    """Changes a run as keys are pressed, on the thread that calls `press`.

    Args:
        run: The run.
        faces: Those to choose from; the first is worn.
        models: The swappers to choose from, by name.
        model: The one in use.
    """

    def __init__(
        self, run: LiveRun, faces: Sequence[Wearable], models: Sequence[str], model: str
    ) -> None:
        self.face = 0
        """Which of the faces is worn, from 0."""
        self.model = model
        """Which swapper is in use."""
        self._run = run
        began = run.tuning.faces
        self._chosen = Faces.ONE if began is Faces.MANY else began
        self._faces = tuple(faces)
        self._models = tuple(models)

    @property
    def keys(self) -> list[Key]:
        """The keys that do something here."""
        return [key for key, _ in self._bindings()]

    def press(self, character: str) -> str | None:
        """What came of pressing a key, in one line; None where that key does nothing.

        A change that fails leaves everything as it was.
        """
        for key, action in self._bindings():
            if character.lower() in key.characters:
                try:
                    return action(character)
                except LivecamError as error:
                    return f"{error.message.rstrip('.')}. Nothing is changed."
        return None

    def _bindings(self) -> list[tuple[Key, Callable[[str], str]]]:
        numbers = "".join(str(n + 1) for n in range(min(len(self._faces), 9)))
        bindings: list[tuple[Key, Callable[[str], str]]] = [
            (Key("+=-_", "+ −", "strength"), self._strengthen),
            (Key("e", "e", "eyes"), lambda _: self._change_eyes()),
            (Key("l", "l", "label"), lambda _: self._change_label()),
            (Key("o", "o", "on lost"), lambda _: self._change_policy()),
            (Key("a", "a", "all faces"), lambda _: self._change_faces()),
            (Key("q", "q", "quit"), lambda _: self._quit()),
        ]
        if len(self._models) > 1:
            bindings.insert(0, (Key("m", "m", "model"), lambda _: self._next_model()))
        if numbers:
            # One portrait can be worn again: it may have been painted over since.
            shown = "1" if len(numbers) == 1 else f"1–{numbers[-1]}"
            bindings.insert(0, (Key(numbers, shown, "portrait"), lambda n: self._wear(int(n) - 1)))
        return bindings

    def _wear(self, number: int) -> str:
        self._run.wear(self._faces[number])
        self.face = number
        return f"Wearing {self._run.face}."

    def _next_model(self) -> str:
        place = self._models.index(self.model) if self.model in self._models else -1
        name = self._models[(place + 1) % len(self._models)]
        self._run.use_swapper(name)
        self.model = name
        return f"Swapping with {name}."

    def _strengthen(self, sign: str) -> str:
        by = _STEP if sign in "+=" else -_STEP
        strength = round(self._run.tuning.strength + by, 2)
        strength = min(max(strength, 0.0), _STRONGEST)
        self._tune(replace(self._run.tuning, strength=strength))
        return f"Strength {strength:.2f}."

    def _change_eyes(self) -> str:
        eyes = Eyes.PORTRAIT if self._run.tuning.eyes is Eyes.TARGET else Eyes.TARGET
        self._tune(replace(self._run.tuning, eyes=eyes))
        return f"The eyes are the {eyes}'s."

    def _change_label(self) -> str:
        label = self._run.tuning.label
        show = Show.ON if label.show is Show.OFF else Show.OFF
        self._tune(replace(self._run.tuning, label=replace(label, show=show)))
        return f"The label is {show}."

    def _change_policy(self) -> str:
        now = self._run.tuning.policy(live=True)
        place = _POLICIES.index(now) if now in _POLICIES else -1
        policy = _POLICIES[(place + 1) % len(_POLICIES)]
        self._tune(replace(self._run.tuning, on_lost=policy))
        return f"Without a swap: {policy}."

    def _change_faces(self) -> str:
        faces = self._chosen if self._run.tuning.faces is Faces.MANY else Faces.MANY
        self._tune(replace(self._run.tuning, faces=faces))
        return _SWAPPED[faces]

    def _tune(self, tuning: SwapOptions) -> None:
        self._run.tuning = tuning

    def _quit(self) -> str:
        self._run.stop()
        return "Ending."


def swappers() -> list[str]:
    """Names of the swappers that are here."""
    return [
        entry.manifest.name
        for entry in Catalog().entries()
        if entry.manifest.task == "swapper" and entry.installed
    ]
