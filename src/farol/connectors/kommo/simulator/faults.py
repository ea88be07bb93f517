"""What the made-up Kommo does wrong: planted for the next requests, or by chance of a seed."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import Any

# what an answer can suffer, by where it happens
LINE = ("reset", "hang", "drip", "truncated", "cut_gzip")
STATUSES = ("500", "502", "503", "504", "402", "401", "html403", "json403", "404")
BUSY = ("busy_seconds", "busy_date", "busy_json", "busy_plain", "busy_nothing")
BODIES = (
    "html200",
    "nan",
    "huge",
    "wrong_type",
    "null_created",
    "unknown_field",
    "missing_field",
    "empty_page",
    "repeated_page",
    "duplicates",
    "redirect",
    "foreign_next",
    "gap204",
    "no_order",
    "no_filter",
    "shifting",
)
KINDS = (*LINE, *STATUSES, *BUSY, *BODIES)


@dataclass
class Plan:
    """One fault: strikes requests of an entity from number `at` on (a share below 1: by chance), `times` times; those
    of a `method`, where one is named. `done`: what was asked is done all the same, only the answer is this."""

    kind: str
    entity: str = ""
    at: float = 1
    times: int = 1
    seconds: float = 1.0
    method: str = ""
    done: bool = False
    seen: int = field(default=0, compare=False)


class Faults:
    """`plant` what shall go wrong; the server asks `strike` once per request. `struck` counts hits by kind."""

    def __init__(self, seed: int = 7) -> None:
        self.plans: list[Plan] = []
        self.struck: dict[str, int] = {}
        self._random = random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()

    def plant(self, kind: str, *, entity: str = "leads", **how: Any) -> None:
        """`entity` empty: any request. `how` as of `Plan`; `at`: the number of the entity's first request hit, from now
        on, or a share below 1; `seconds`: of waits and silences. `ValueError` for an unknown kind.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
        with self._lock:
            self.plans.append(Plan(kind, entity, **how))

    def clear(self) -> None:
        with self._lock:
            self.plans.clear()

    def strike(self, entity: str, method: str = "GET") -> Plan | None:
        """The fault of this request, if any."""
        with self._lock:
            for plan in self.plans:
                if plan.entity in ("", entity) and plan.method in ("", method) and self._hits(plan):
                    self.struck[plan.kind] = self.struck.get(plan.kind, 0) + 1
                    return plan
        return None

    def _hits(self, plan: Plan) -> bool:
        plan.seen += 1
        if plan.times <= 0 or (self._random.random() >= plan.at if plan.at < 1 else plan.seen < plan.at):
            return False
        plan.times -= 1
        return True

    def order(self, plans: list[dict[str, Any]]) -> None:
        """What `/controle` asks for."""
        for plan in plans:
            self.plant(**plan)
