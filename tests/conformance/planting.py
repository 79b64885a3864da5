"""Mistakes planted on purpose, to see that a check finds them."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isclass, isfunction
from pathlib import Path
from types import FunctionType
from typing import Any

from livecam.runtime.catalog import Catalog
from livecam.runtime.manifest import Manifest, load_manifest


@dataclass(frozen=True)
class Mistake:
    """One piece of text written wrongly."""

    model: str
    """Whose check has to find it."""
    where: str
    """A module below livecam, or `manifest` for the model's own."""
    right: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.model}: {self.where}: {self.right!r} → {self.wrong!r}"

    @contextmanager
    def planted(self, folder: Path) -> Iterator[Manifest]:
        """The model's manifest, while the mistake is there."""
        path = Catalog().folder / f"{self.model}.toml"
        if self.where == "manifest":
            made = folder / path.name
            made.write_text(self._spoilt(path.read_text("utf-8")), "utf-8")
            yield load_manifest(made)
            return
        module = importlib.import_module(f"livecam.{self.where}")
        assert module.__file__
        source = Path(module.__file__).read_text("utf-8")
        _become(module, self._spoilt(source))
        try:
            yield load_manifest(path)
        finally:
            _become(module, source)

    def _spoilt(self, text: str) -> str:
        assert self.right in text, f"{self} cannot be planted any more"
        return text.replace(self.right, self.wrong, 1)


def _become(module: Any, source: str) -> None:
    """Lets the functions and constants of a module, wherever they were imported to, be others'."""
    fresh = {"__name__": module.__name__, "__file__": module.__file__}
    exec(compile(source, module.__file__, "exec"), fresh)
    for name, new in fresh.items():
        old = getattr(module, name, None)
        if getattr(new, "__module__", None) == module.__name__ and isclass(new):
            for attribute, method in vars(new).items():
                if isfunction(method) and isfunction(vars(old).get(attribute)):
                    _replace(vars(old)[attribute], method)
        elif isfunction(new) and isfunction(old) and new.__module__ == module.__name__:
            _replace(old, new)
        elif not name.startswith("__") and not callable(new):
            setattr(module, name, new)


def _replace(old: FunctionType, new: FunctionType) -> None:
    old.__code__, old.__defaults__ = new.__code__, new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
