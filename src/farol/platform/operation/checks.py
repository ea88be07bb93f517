"""What a room has checked: declared as `CHECKS` in its `doctor.py`; asked by `farol doctor` and by `/readyz`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True)
class Finding:
    """What is so (a sentence) and, unless green, how to mend it."""

    level: Level
    text: Any
    remedy: Any = ""


@dataclass(frozen=True)
class Check:
    """`run` yields findings, at least one. With `ready` it is part of `/readyz` too and must answer within a second."""

    name: str
    label: Any
    run: Callable[[], Iterable[Finding]]
    ready: bool = False


def green(text: Any) -> Finding:
    return Finding(Level.GREEN, text)


def yellow(text: Any, remedy: Any) -> Finding:
    return Finding(Level.YELLOW, text, remedy)


def red(text: Any, remedy: Any) -> Finding:
    return Finding(Level.RED, text, remedy)
