"""The smallest value of a function of a few numbers within bounds (Nelder and Mead's simplex), deterministic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Point = tuple[float, ...]
Bounds = Sequence[tuple[float, float]]


def minimise(cost: Callable[..., float], start: Sequence[float], bounds: Bounds, turns: int = 60) -> Point:
    """The best point found in so many turns; what leaves the bounds is brought back to them."""

    def priced(point: Sequence[float]) -> tuple[float, Point]:
        inside = tuple(min(high, max(low, x)) for x, (low, high) in zip(point, bounds, strict=True))
        return cost(*inside), inside

    corners = [priced(start)]
    for i, (low, high) in enumerate(bounds):
        step = 0.3 * (high - low)
        moved = list(start)
        moved[i] += step if start[i] + step <= high else -step
        corners.append(priced(moved))
    for _turn in range(turns):
        corners.sort(key=lambda corner: corner[0])
        if corners[-1][0] - corners[0][0] <= 1e-9 * abs(corners[0][0]):
            break
        _improve(corners, priced)
    return min(corners, key=lambda corner: corner[0])[1]


def _improve(corners: list[tuple[float, Point]], priced: Callable[[Sequence[float]], tuple[float, Point]]) -> None:
    """Replace the worst corner by one beyond the middle of the others, or draw all towards the best."""
    worst = corners[-1][1]
    size = len(corners) - 1
    middle = [sum(point[i] for _, point in corners[:-1]) / size for i in range(size)]

    def towards(reach: float) -> tuple[float, Point]:
        return priced([m + reach * (m - w) for m, w in zip(middle, worst, strict=True)])

    mirrored = towards(1.0)
    if mirrored[0] < corners[0][0]:
        corners[-1] = min(mirrored, towards(2.0), key=lambda corner: corner[0])
    elif mirrored[0] < corners[-2][0]:
        corners[-1] = mirrored
    else:
        inner = towards(0.5 if mirrored[0] < corners[-1][0] else -0.5)
        if inner[0] < min(mirrored[0], corners[-1][0]):
            corners[-1] = inner
        else:
            best = corners[0][1]
            corners[1:] = [priced([(b + x) / 2 for b, x in zip(best, point, strict=True)]) for _, point in corners[1:]]
