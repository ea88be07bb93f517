"""What the made-up Tiny does wrong: shares of its answers by chance of a seed, or planted one by one."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Faults:
    """Shares between 0 and 1 of the writes; `late` (seconds) bounds how late searches see what was made.

    `cut`: stored, then the line is cut. `error`: stored, then HTTP 500. `unexpected`: code 35, stored or not at even
    chances. `busy`: nothing stored, HTTP 429 or code 6 at even chances. `slow`: seconds before any answer.
    """

    cut: float = 0.0
    error: float = 0.0
    unexpected: float = 0.0
    busy: float = 0.0
    late: float = 0.0
    slow: float = 0.0

    @classmethod
    def of(cls, values: dict[str, Any]) -> Faults:
        known = {field.name for field in fields(cls)}
        return cls(**{name: float(value) for name, value in values.items() if name in known})


# what may be planted for the next write
PLANTED = ("cut", "error", "unexpected", "unexpected_stored", "busy", "too_often", "garbage", "refuse")


class Chance:
    """Draws the fault of each write; planted ones go first."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self.faults = faults
        self.planted: list[str] = []
        self._random = random.Random(seed)  # noqa: S311

    def draw(self) -> str:
        if self.planted:
            return self.planted.pop(0)
        draw = self._random.random()
        for name in ("cut", "error", "unexpected", "busy"):
            share = getattr(self.faults, name)
            if draw < share:
                return self._variant(name)
            draw -= share
        return ""

    def _variant(self, name: str) -> str:
        variants = {"unexpected": ("unexpected", "unexpected_stored"), "busy": ("busy", "too_often")}
        return self._random.choice(variants[name]) if name in variants else name

    def lateness(self) -> float:
        return self._random.uniform(0, self.faults.late)
