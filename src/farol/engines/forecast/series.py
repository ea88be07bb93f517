"""The forecast of one series: the median of several methods, with a range from what it would have missed before."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from farol.engines.forecast.methods import damped, dynamic_theta, seasonal_naive, seasonal_smoothing, theta
from farol.engines.forecast.seasons import FLAT, profile_of

LEAST = 4  # values without which nothing is forecast
ORIGINS = 6  # instants in the past from which the forecast is made again
GROWTH = 0.4  # the range widens with this power of the step
CARE = 1.1  # how much wider than its past errors a range must be to hold as often as it says
STEEPEST = 3.0  # no forecast leaves the highest value of the history by more than this many times its spread


@dataclass(frozen=True)
class Point:
    """One step ahead, in the unit of the series; the truth lies between `low` and `high` as often as `level` says."""

    value: float
    low: float
    high: float


def forecast(values: Sequence[float], season: int, horizon: int, *, level: float = 0.8) -> list[Point]:
    """The next `horizon` values of a series without gaps, oldest first, that repeats itself every `season` values.

    `ValueError` below `LEAST` values. A history without negative values has no negative forecast.
    """
    if len(values) < LEAST:
        raise ValueError(f"{len(values)} values are too few: at least {LEAST} are needed")
    scale = Scale(values)
    ahead = ranges(scale.taken(values), season, horizon, level)
    return [Point(*scale.given_back(step)) for step in ahead]


def expected(values: Sequence[float], season: int, horizon: int) -> list[float]:
    """What `forecast` expects, without its ranges and several times as fast."""
    scale = Scale(values)
    return scale.given_back(median_of_methods(tuple(scale.taken(values)), season, horizon))


def ranges(history: Sequence[float], season: int, horizon: int, level: float) -> list[tuple[float, float, float]]:
    """Value, low and high of each step, on the scale of `history`."""
    path = median_of_methods(tuple(history), season, horizon)
    half = _half_width(history, season, horizon, level)
    return [(guess, guess - half * step**GROWTH, guess + half * step**GROWTH) for step, guess in enumerate(path, 1)]


class Scale:
    """Positive values are forecast as logarithms, others as they are."""

    def __init__(self, values: Sequence[float]) -> None:
        self.logarithmic = min(values) > 0
        self.floor = 0.0 if min(values) >= 0 else -math.inf

    def taken(self, values: Sequence[float]) -> list[float]:
        return [math.log(value) for value in values] if self.logarithmic else list(values)

    def given_back(self, values: Sequence[float]) -> list[float]:
        if self.logarithmic:
            return [math.exp(min(value, 700.0)) for value in values]
        return [max(self.floor, value) for value in values]


@lru_cache(maxsize=512)  # who judges a forecast on the past asks for the same stretches again
def median_of_methods(history: tuple[float, ...], season: int, horizon: int) -> tuple[float, ...]:
    """The middle of what five methods say of each step, on the scale of `history`."""
    profile = profile_of(history, season)
    flat = profile.out_of(history)
    paths = [profile.into(method(flat, horizon), len(history)) for method in (theta, dynamic_theta, damped)]
    # without a season the smoothing is the damped trend once more
    paths.append(paths[-1] if profile is FLAT else seasonal_smoothing(history, profile, horizon))
    paths.append(seasonal_naive(history, season, horizon, drift=True))
    highest, lowest = max(history), min(history)
    room = STEEPEST * (highest - lowest)
    steps = [statistics.median(step) for step in zip(*paths, strict=True)]
    return tuple(min(highest + room, max(lowest - room, step)) for step in steps)


def _half_width(history: Sequence[float], season: int, horizon: int, level: float) -> float:
    """Half the range one step ahead: the errors of earlier origins, brought to one step, at the rank of `level`."""
    errors = sorted(
        abs(error) / step**GROWTH
        for origin in _origins(len(history), season, horizon)
        for step, error in enumerate(_errors(history, season, origin, horizon), start=1)
    )
    if not errors:
        steps = [b - a for a, b in itertools.pairwise(history)]
        return statistics.NormalDist().inv_cdf((1 + level) / 2) * statistics.pstdev(steps)
    return CARE * errors[min(len(errors) - 1, math.ceil(level * (len(errors) + 1)) - 1)]


def _origins(count: int, season: int, horizon: int) -> list[int]:
    """Lengths of history from which to forecast again: the latest, evenly spread over the last steps."""
    first = max(LEAST, min(2 * season + 1, count // 2))
    reach = min(count - first, max(horizon, ORIGINS))
    if reach < 1:
        return []
    turns = min(ORIGINS, reach)
    return sorted({count - reach + (reach * turn) // turns for turn in range(turns)})


def _errors(history: Sequence[float], season: int, origin: int, horizon: int) -> list[float]:
    truth = history[origin : origin + horizon]
    path = median_of_methods(tuple(history[:origin]), season, len(truth))
    return [seen - guess for seen, guess in zip(truth, path, strict=True)]


def smape(forecasts: Sequence[float], truth: Sequence[float]) -> float:
    """The symmetric mean error in percent (0 to 200), as the M competitions reckon it."""
    pairs = [(abs(guess - seen), abs(guess) + abs(seen)) for guess, seen in zip(forecasts, truth, strict=True)]
    return sum(200 * miss / whole for miss, whole in pairs if whole) / len(pairs)
