"""The smallest value of a function of a few numbers within bounds (Nelder and Mead's simplex), deterministic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

Point = tuple[float, ...]
Bounds = Sequence[tuple[float, float]]


def minimise(cost: Callable[..., float], start: Sequence[float], bounds: Bounds, turns: int = 60) -> Point:
    """The best point found in so many turns; what leaves the bounds is brought back to them."""

    def priced(point: Sequence[float]) -> tuple[float, Point]:
        # asked thousands of times a forecast: a list is quicker than what makes one value after the other
        limited = zip(point, bounds, strict=True)
        inside = tuple([low if x < low else high if x > high else x for x, (low, high) in limited])
        return cost(*inside), inside

    corners = [priced(start)]
    for i, (low, high) in enumerate(bounds):
        step = 0.3 * (high - low)
        moved = list(start)
        moved[i] += step if start[i] + step <= high else -step
        corners.append(priced(moved))
    for _turn in range(turns):
        corners.sort(key=itemgetter(0))
        if corners[-1][0] - corners[0][0] <= 1e-9 * abs(corners[0][0]):
            break
        _improve(corners, priced)
    return min(corners, key=itemgetter(0))[1]


def _improve(corners: list[tuple[float, Point]], priced: Callable[[Sequence[float]], tuple[float, Point]]) -> None:
    """Replace the worst corner by one beyond the middle of the others, or draw all towards the best."""
    worst = corners[-1][1]
    size = len(corners) - 1
    middle = [sum(places) / size for places in zip(*[point for _, point in corners[:-1]], strict=True)]
    away = [(m, m - w) for m, w in zip(middle, worst, strict=True)]

    def towards(reach: float) -> tuple[float, Point]:
        return priced([m + reach * step for m, step in away])

    mirrored = towards(1.0)
    if mirrored[0] < corners[0][0]:
        corners[-1] = min(mirrored, towards(2.0), key=itemgetter(0))
    elif mirrored[0] < corners[-2][0]:
        corners[-1] = mirrored
    else:
        inner = towards(0.5 if mirrored[0] < corners[-1][0] else -0.5)
        if inner[0] < min(mirrored[0], corners[-1][0]):
            corners[-1] = inner
        else:
            best = corners[0][1]
            corners[1:] = [priced([(b + x) / 2 for b, x in zip(best, point, strict=True)]) for _, point in corners[1:]]
