"""The small chart of an alert: what came, inside or outside the band of what was expected. Plain SVG, no script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from farol.core import formats
from farol.engines.alerts.queries import Point
from farol.engines.dashboards import scales
from farol.engines.metrics.model import Unit

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 12, 24


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    title: str
    judged: bool


@dataclass(frozen=True)
class Picture:
    """`band` and the lines are path data in a box of WIDTH x HEIGHT."""

    band: str
    middle: str
    line: str
    dots: list[Dot]
    rows: list[Tick]
    columns: list[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def draw(points: Sequence[Point], first_day: dt.date, last_day: dt.date, unit: Unit, language: str) -> Picture:
    """Days from `first_day` to `last_day` are marked as judged. The value axis starts at zero."""
    top = max((v for p in points for v in (p.observed, p.expected, _within(p)) if v is not None), default=1.0)
    steps = scales.ticks([0.0, top], zero=True)
    high = max(steps) or 1.0
    wide = max(len(points) - 1, 1)

    def x(index: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * index / wide, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(value, high) / high), 1)

    known = [(i, p) for i, p in enumerate(points) if p.low is not None and p.high is not None]
    upper = [f"{x(i)},{y(p.high or 0)}" for i, p in known]
    lower = [f"{x(i)},{y(p.low or 0)}" for i, p in reversed(known)]
    dots = [
        Dot(x(i), y(p.observed or 0), _title(p, unit, language), True)
        for i, p in enumerate(points)
        if first_day <= p.day <= last_day
    ]
    columns = [Tick(x(i), scales.short_day(p.day, language)) for i, p in enumerate(points) if i % 7 == wide % 7]
    return Picture(
        band="M" + " L".join(upper + lower) + "Z" if known else "",
        middle=_path([(x(i), y(p.expected)) if p.expected is not None else None for i, p in enumerate(points)]),
        line=_path([(x(i), y(p.observed)) if p.observed is not None else None for i, p in enumerate(points)]),
        dots=dots,
        rows=[Tick(y(value), scales.text(value, unit.value, language)) for value in steps],
        columns=columns,
    )


def _within(point: Point) -> float | None:
    """A band may be wide; it does not flatten the line under it."""
    if point.high is None or point.expected is None:
        return None
    return min(point.high, 1.6 * max(point.expected, point.observed or 0.0))


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    """Path data with a gap where nothing is known."""
    parts, pen = [], False
    for place in places:
        if place is not None:
            parts.append(f"{'L' if pen else 'M'}{place[0]},{place[1]}")
        pen = place is not None
    return " ".join(parts)


def _title(point: Point, unit: Unit, language: str) -> str:
    return f"{formats.date(point.day, language)}: {scales.text(point.observed or 0, unit.value, language)}"
