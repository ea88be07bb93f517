"""The methods whose median is the forecast, each fitted by its errors one step ahead. Plain Python, deterministic.

All of them add: a series of positive values comes as its logarithms. Each takes the history, oldest first, and answers
the next `horizon` values. `theta`, `dynamic_theta` and `damped` know no season: they get the series without it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from farol.engines.forecast.fit import minimise
from farol.engines.forecast.seasons import Profile

PACE = (0.01, 0.99)
DAMPING = (0.80, 0.98)


def theta(values: Sequence[float], horizon: int) -> list[float]:
    """Exponential smoothing plus half the slope of the straight line (Assimakopoulos and Nikolopoulos)."""
    _start, slope = line(values)
    level = sum(values[:6]) / len(values[:6])
    (pace,) = minimise(lambda a: _smoothed(values, level, a)[1], (0.3,), (PACE,), 30)
    last, _loss = _smoothed(values, level, pace)
    lag = (1 - (1 - pace) ** len(values)) / pace
    return [last + slope / 2 * (step + lag) for step in range(horizon)]


def dynamic_theta(values: Sequence[float], horizon: int) -> list[float]:
    """The Theta model whose line is learned again at every step and whose weight is fitted (Fiorucci and others)."""
    lines = list(itertools.accumulate(values, _Line.after, initial=_Line()))
    # the first ones only find the line
    seen = [(value, one.start, one.slope, one.seen > 2) for value, one in zip(values, lines, strict=False)]
    first = values[0]
    spread = max(abs(value) for value in values) or 1.0
    bounds = ((first - spread / 2, first + spread / 2), PACE, (1.0, 6.0))
    best = minimise(lambda *p: _dynamic(seen, *p)[2], (first, 0.3, 2.0), bounds, 80)
    level, kept, _loss = _dynamic(seen, *best)
    _start, pace, weight = best
    found, path = lines[-1], []
    for _step in range(horizon):
        path.append(level + (1 - 1 / weight) * (kept * found.start + (1 - kept * (1 - pace)) / pace * found.slope))
        found = found.after(path[-1])
        level += pace * (path[-1] - level)
        kept *= 1 - pace
    return path


def damped(values: Sequence[float], horizon: int) -> list[float]:
    """Level and a trend that dies away (Gardner and McKenzie)."""
    level, slope = _first(values)

    def cost(pace: float, share: float, damping: float) -> float:
        return _trended(values, level, slope, pace, share, damping)[2]

    pace, share, damping = minimise(cost, (0.3, 0.1, 0.9), (PACE, (0.0, 0.6), DAMPING), 60)
    level, slope, _loss = _trended(values, level, slope, pace, share, damping)
    return _damped_path(level, slope, damping, horizon)


def seasonal_smoothing(values: Sequence[float], profile: Profile, horizon: int) -> list[float]:
    """Level, dying trend and a season that is learned on from its `profile` (Holt and Winters)."""
    season = len(profile.parts)
    level, slope = _first(profile.out_of(values))

    def cost(pace: float, share: float, seasonal: float, damping: float) -> float:
        return _winters(values, level, slope, profile.parts, pace, share, seasonal, damping)[3]

    bounds = (PACE, (0.0, 0.6), (0.0, 0.6), DAMPING)
    best = minimise(cost, (0.3, 0.05, 0.1, 0.9), bounds, 80)
    end, slope_end, parts, _loss = _winters(values, level, slope, profile.parts, *best)
    path = _damped_path(end, slope_end, best[3], horizon)
    return [x + parts[(len(values) + i) % season] for i, x in enumerate(path)]


def seasonal_naive(values: Sequence[float], season: int, horizon: int, *, drift: bool = False) -> list[float]:
    """The last season again; with `drift`, moved on by half the mean change from one season to the next."""
    season = season if len(values) >= season else 1
    step = 0.0
    if drift and len(values) > 2 * season:
        seasons = min(3, len(values) // season - 1)
        ends = [sum(values[len(values) - season * (k + 1) : len(values) - season * k]) / season for k in (0, seasons)]
        step = (ends[0] - ends[1]) / seasons / 2
    return [values[len(values) - season + i % season] + step * (i // season + 1) for i in range(horizon)]


def line(values: Sequence[float]) -> tuple[float, float]:
    """Start and slope of the straight line of least squares."""
    count = len(values)
    middle, mean = (count - 1) / 2, sum(values) / count
    spread = sum((i - middle) ** 2 for i in range(count))
    slope = sum((i - middle) * (value - mean) for i, value in enumerate(values)) / spread if spread else 0.0
    return mean - slope * middle, slope


def _first(values: Sequence[float]) -> tuple[float, float]:
    start, slope = line(values[: max(4, min(10, len(values)))])
    return start - slope, slope


def _smoothed(values: Sequence[float], level: float, pace: float) -> tuple[float, float]:
    loss = 0.0
    for value in values:
        error = value - level
        loss += error * error
        level += pace * error
    return level, loss


def _trended(
    values: Sequence[float], level: float, slope: float, pace: float, share: float, damping: float
) -> tuple[float, float, float]:
    loss = 0.0
    for value in values:
        slope *= damping
        guess = level + slope
        error = value - guess
        loss += error * error
        level = guess + pace * error
        slope += pace * share * error
    return level, slope, loss


def _winters(
    values: Sequence[float],
    level: float,
    slope: float,
    parts: Sequence[float],
    pace: float,
    share: float,
    seasonal: float,
    damping: float,
) -> tuple[float, float, list[float], float]:
    season, size = list(parts), len(parts)
    loss = 0.0
    for i, value in enumerate(values):
        slope *= damping
        guess = level + slope
        error = value - guess - season[i % size]
        loss += error * error
        season[i % size] += seasonal * error
        level = guess + pace * error
        slope += pace * share * error
    return level, slope, season, loss


def _damped_path(level: float, slope: float, damping: float, horizon: int) -> list[float]:
    path = []
    for _step in range(horizon):
        slope *= damping
        level += slope
        path.append(level)
    return path


class _Line(NamedTuple):
    """Mean and straight line of the first `seen` values, learned one by one."""

    seen: int = 0
    mean: float = 0.0
    start: float = 0.0
    slope: float = 0.0

    def after(self, value: float) -> _Line:
        seen, slope = self.seen + 1, self.slope
        if self.seen:
            slope = ((seen - 2) * slope + 6 / seen * (value - self.mean)) / (seen + 1)
        mean = self.mean + (value - self.mean) / seen
        return _Line(seen, mean, mean - (seen + 1) / 2 * slope, slope)


def _dynamic(
    seen: Sequence[tuple[float, float, float, bool]], level: float, pace: float, weight: float
) -> tuple[float, float, float]:
    """Level after the values, what is kept of the line's start, and the loss.

    `seen` has each value, start and slope of the line of those before it, and whether its error counts.
    """
    loss, tilt, kept = 0.0, 1 - 1 / weight, 1.0
    for value, start, slope, counts in seen:
        kept_next = kept * (1 - pace)
        if counts:
            error = value - level - tilt * (kept * start + (1 - kept_next) / pace * slope)
            loss += error * error
        level += pace * (value - level)
        kept = kept_next
    return level, kept, loss
