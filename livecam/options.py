"""Options as people need to know them: what a field may be and does, out of its annotation."""

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo

_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "multiple_of": "a multiple of"}


@dataclass(frozen=True, slots=True)
class Option:
    """One leaf of a tree of options."""

    name: str
    """Full name, with dots."""
    default: object
    kind: object
    """Its type; that of one, where it is several, and without None, where it may be that."""
    several: bool
    """Whether it is a tuple of any length."""
    choices: tuple[object, ...]
    """All it may be; empty where there are bounds or nothing."""
    least: float | None
    """Its lower bound."""
    most: float | None
    """Its upper bound."""
    limits: str
    """What it may be, in words; empty where any value of its type will do."""
    help: str
    """The docstring under the field."""


def options_of(kind: type, *, prefix: str = "") -> Iterator[Option]:
    """Every option of a dataclass and those within, in the order of the fields, branches last."""
    assert is_pydantic_dataclass(kind)
    texts, defaults = _docstrings(kind), kind()
    branches = []
    for name, info in kind.__pydantic_fields__.items():
        default = getattr(defaults, name)
        if is_dataclass(default):
            branches.append((name, type(default)))
        else:
            yield _option(prefix + name, default, info, texts.get(name, ""))
    for name, branch in branches:
        yield from options_of(branch, prefix=f"{prefix}{name}.")


def _option(name: str, default: object, info: FieldInfo, text: str) -> Option:
    kind, several = _kind(info.annotation)
    choices = _choices(kind)
    return Option(
        name=name,
        default=default,
        kind=kind,
        several=several,
        choices=choices,
        least=_bound(info, "ge", "gt"),
        most=_bound(info, "le", "lt"),
        limits=" | ".join(str(getattr(choice, "value", choice)) for choice in choices)
        if choices and not several
        else _bounds(info),
        help=text,
    )


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several."""
    if get_origin(annotation) in {Union, UnionType}:
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    parts = get_args(annotation)
    if get_origin(annotation) is tuple and parts[1:] == (...,):
        return parts[0], True
    return annotation, False


def _choices(kind: Any) -> tuple[object, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    return ()


def _bound(info: FieldInfo, *names: str) -> float | None:
    found = (getattr(bound, name, None) for bound in info.metadata for name in names)
    return next((value for value in found if value is not None), None)


def _bounds(info: FieldInfo) -> str:
    return ", ".join(
        f"{sign} {getattr(bound, key):g}"
        for bound in info.metadata
        for key, sign in _SIGNS.items()
        if getattr(bound, key, None) is not None
    )


def _docstrings(kind: type) -> dict[str, str]:
    """The docstring under each field of a dataclass, on one line."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in itertools.pairwise(definition.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
