"""The season of a series: whether it has one, its profile, and the series without it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SURE = 1.645  # autocorrelation at the season's lag that is taken for a season, in its own sigmas


@dataclass(frozen=True)
class Profile:
    """What each place of the season adds; the parts average 0."""

    parts: tuple[float, ...]

    def out_of(self, values: Sequence[float]) -> list[float]:
        """`values`, whose first one stands at place 0, without the season."""
        return [value - self.parts[i % len(self.parts)] for i, value in enumerate(values)]

    def into(self, values: Sequence[float], place: int) -> list[float]:
        """`values`, whose first one stands at `place`, with the season."""
        return [value + self.parts[(place + i) % len(self.parts)] for i, value in enumerate(values)]


FLAT = Profile((0.0,))


def profile_of(values: Sequence[float], season: int) -> Profile:
    """The classical profile (mean difference to a centred mean), `FLAT` where the series shows no season."""
    if season < 2 or len(values) < 2 * season + 1 or not _seasonal(values, season):
        return FLAT
    seen: list[list[float]] = [[] for _ in range(season)]
    for i, middle in _centred(values, season):
        seen[i % season].append(values[i] - middle)
    parts = [sum(place) / len(place) for place in seen]
    mean = sum(parts) / season
    return Profile(tuple(part - mean for part in parts))


def _seasonal(values: Sequence[float], season: int) -> bool:
    """Whether the autocorrelation at the season's lag stands out (the test of the M competitions)."""
    count = len(values)
    mean = sum(values) / count
    around = [value - mean for value in values]
    whole = sum(x * x for x in around)
    if whole <= 1e-12 * max(1.0, mean * mean):
        return False
    lags = [sum(around[i] * around[i - lag] for i in range(lag, count)) / whole for lag in range(1, season + 1)]
    sigma = math.sqrt((1 + 2 * sum(r * r for r in lags[:-1])) / count)
    return abs(lags[-1]) > SURE * sigma


def _centred(values: Sequence[float], season: int) -> list[tuple[int, float]]:
    """Place and mean of a whole season round it; an even season counts its two ends half."""
    half, odd = divmod(season, 2)
    found = []
    for i in range(half, len(values) - half):
        window = values[i - half : i + half + 1]
        whole = sum(window) if odd else sum(window) - (window[0] + window[-1]) / 2
        found.append((i, whole / season))
    return found
