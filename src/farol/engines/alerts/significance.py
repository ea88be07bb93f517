"""How unusual is unusual: p-values with the tail that the series have shown, and the false discovery rate."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

ENOUGH = 2000  # past errors below which the tail is taken as given
GIVEN = 10.0
HEAVIEST, LIGHTEST = 5.0, 40.0
NARROWEST = 0.8
BODY, TAIL = 0.95, 0.998
_Z = {BODY: 1.9600, TAIL: 3.0902}  # two-sided normal quantiles


@dataclass(frozen=True)
class Tail:
    """Scores follow Student's t with `freedom` after division by `stretch` (at least `NARROWEST`)."""

    freedom: float = GIVEN
    stretch: float = 1.0

    def p(self, score: float) -> float:
        """How often a score at least so far from zero comes up by chance, either side."""
        t2 = (score / self.stretch) ** 2
        bent = math.sqrt(self.freedom * math.log1p(t2 / self.freedom)) * (8 * self.freedom + 1) / (8 * self.freedom + 3)
        return math.erfc(bent / math.sqrt(2))


def calibrate(errors: Sequence[float]) -> Tail:
    """The tail of past errors (in scales): its weight from a far over a near quantile, its width from the near one."""
    if len(errors) < ENOUGH:
        return Tail()
    ordered = sorted(abs(e) for e in errors)
    body, tail = (ordered[int(share * (len(ordered) - 1))] for share in (BODY, TAIL))
    if not body:
        return Tail()
    freedom = _freedom(tail / body)
    return Tail(freedom, max(NARROWEST, body / quantile(_Z[BODY], freedom)))


def _freedom(ratio: float) -> float:
    """Degrees of freedom whose far and near quantile have this ratio, by bisection on a falling function."""
    low, high = HEAVIEST, LIGHTEST
    for _turn in range(30):
        middle = math.sqrt(low * high)
        if quantile(_Z[TAIL], middle) / quantile(_Z[BODY], middle) > ratio:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


def quantile(normal: float, freedom: float) -> float:
    """The t as rare as `normal` sigmas of the normal law (Wallace's approximation)."""
    bent = normal * (8 * freedom + 3) / (8 * freedom + 1)
    return math.sqrt(freedom * math.expm1(bent**2 / freedom))


def discoveries(p_values: Mapping[Key, float], false_share: float) -> set[Key]:
    """Benjamini and Hochberg: the keys to believe so that about `false_share` of them, at most, are false."""
    ordered = sorted(p_values.values())
    limit = 0.0
    for rank, p in enumerate(ordered, start=1):
        if p <= false_share * rank / len(ordered):
            limit = p
    return {key for key, p in p_values.items() if p <= limit}
