"""What a day of this kind should bring: weekday, holiday, Carnival and pay day, learned from the days before it.

On a logarithmic scale a day is level x weekday x kind of day. Each part is learned robustly (trimmed means, clipped
steps), rarely seen kinds of day are shrunk towards their group, and every uncertainty ends up in the range. The level
follows the series with the pace that would have served best in the last weeks, so trend and slow seasons are followed.
Pure Python and deterministic: the same history gives the same floats, whatever its order.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from farol.platform.calendar import BusinessCalendar, CalendarDay, DayKind

Key = TypeVar("Key", bound=Hashable)

MEMORY = 420  # days looked back for kinds of day that come once a year
RECENT = 91  # days that shape the weekday profile and the level
JUDGED = 63  # latest one-step errors that give the scale
LEAST = 8  # days of history without which nothing is expected
PACES = (0.08, 0.2, 0.4, 0.65)
TREND = 21  # latest errors that show a trend
CLIP = 2.0  # one day moves the level as if it had missed by at most so many scales
FLOOR = 0.02  # no series is believed to be steadier than this (share of its value)
RANGE = 1.96
WIDEST = 3.0  # a scale beyond a factor of twenty says no more than this one

# how far a kind of day may lie from an ordinary one, and how much days of one kind differ (logarithms, one sigma)
_GROUPS = {
    "carnival": (0.30, 0.15),
    "holiday": (0.35, 0.25),
    "weekend_holiday": (0.20, 0.12),
    "bank_holiday": (0.20, 0.15),
    "eve": (0.25, 0.15),
    "bridge": (0.15, 0.10),
    "after": (0.10, 0.05),
    "pay_day": (0.08, 0.03),
}
_CLOSED = frozenset({"carnival", "holiday"})
_APART = frozenset(
    {"carnival", "holiday", "weekend_holiday", "bank_holiday", "eve", "bridge"}
)  # these never move the level


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one day, in the unit of the history.

    `low` and `high` hold it nineteen times in twenty; `scale` is one sigma of ln(observed / value); `days_of_history`
    counts the days with a value above zero in the `MEMORY` days before. `surprises` are the latest errors of the same
    reckoning one day ahead, in scales, oldest first, None where there was nothing to judge; the last one is the eve.
    Everything but `days_of_history` is None or empty below `LEAST` days.
    """

    value: float | None
    low: float | None
    high: float | None
    scale: float | None
    days_of_history: int
    surprises: tuple[float | None, ...] = ()

    def score(self, observed: float) -> float | None:
        """How many scales `observed` lies above the expected (below: negative); nothing counts as a hundredth of it."""
        if self.value is None or self.scale is None:
            return None
        return math.log(max(observed / self.value, 0.01)) / self.scale


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes a day comparable with others: weekday, 0 on Monday, and group and name where it is a special day."""

    weekday: int
    group: str = ""
    name: str = ""


@dataclass(slots=True)
class _Level:
    value: float
    errors: list[float | None]
    loss: float


def expected(
    history: Mapping[dt.date, float], targets: Sequence[dt.date], calendar: BusinessCalendar
) -> dict[dt.date, Expected]:
    """For each of `targets` what the days strictly before it let expect. Days without a positive value are gaps."""
    return {day: _expect(history, day, _kinds(day, calendar)) for day in targets}


def expected_many(
    histories: Mapping[Key, Mapping[dt.date, float]], target: dt.date, calendar: BusinessCalendar
) -> dict[Key, Expected]:
    """`expected` of one day for many series."""
    kinds = _kinds(target, calendar)
    return {key: _expect(history, target, kinds) for key, history in histories.items()}


@lru_cache(maxsize=1024)
def _kinds(target: dt.date, calendar: BusinessCalendar) -> tuple[Kind, ...]:
    """The kinds of the `MEMORY` days before `target`, oldest first, and of `target` itself."""
    return tuple(kind_of(target - dt.timedelta(days=back), calendar) for back in range(MEMORY, -1, -1))


@lru_cache(maxsize=8192)
def kind_of(day: dt.date, calendar: BusinessCalendar) -> Kind:
    """The kind of a day, first that applies: Carnival, holiday, eve, bridge, day after a holiday, pay day."""
    today = calendar.day(day)
    if today.kind is DayKind.HOLIDAY and today.weekday >= 5:
        return Kind(today.weekday, "weekend_holiday", today.name)
    if today.kind in (DayKind.CARNIVAL, DayKind.HOLIDAY, DayKind.BANK_HOLIDAY):
        return Kind(today.weekday, today.kind.value, today.name)
    if today.name:
        return Kind(today.weekday, "eve", today.name)
    before, after = (calendar.day(day + dt.timedelta(days=step)) for step in (-1, 1))
    if today.business_day and (_bridged(before, after) or _bridged(after, before)):
        return Kind(today.weekday, "bridge")
    if today.business_day and before.kind in (DayKind.HOLIDAY, DayKind.CARNIVAL):
        return Kind(today.weekday, "after")
    if today.pay_day:
        return Kind(today.weekday, "pay_day", "20" if day.day == 20 else "5")
    return Kind(today.weekday)


def _bridged(one: CalendarDay, other: CalendarDay) -> bool:
    return one.kind is DayKind.HOLIDAY and one.weekday < 5 and other.weekday >= 5


def _expect(history: Mapping[dt.date, float], target: dt.date, kinds: tuple[Kind, ...]) -> Expected:
    """`kinds` ends with the target's own."""
    logs = _logs(history, target)
    days = sum(value is not None for value in logs)
    if days < LEAST:
        return Expected(None, None, None, None, days)
    first = next(i for i, value in enumerate(logs) if value is not None)
    logs, kinds = logs[first:], kinds[first:]
    profile, seen = _weekdays(logs, kinds)
    flat, spread = _flatten(logs, kinds, profile)
    effects = _Effects(flat, kinds, profile, spread)
    recent = range(max(0, len(logs) - RECENT), len(logs))
    series = [None if kinds[i].group in _APART else _less(flat[i], effects, kinds[i]) for i in recent]
    level = _best_level(series, spread)
    effect, doubt = effects.of(kinds[-1])
    scale = _scale(level.errors, [kinds[i].weekday for i in recent], kinds[-1].weekday)
    total = min(WIDEST, math.sqrt(scale**2 * (1 + 1 / max(seen[kinds[-1].weekday], 1)) + doubt))
    middle = level.value + _drift(level.errors) + effects.reference(kinds[-1]) + effect
    half = _student(RANGE, min(30.0, max(3.0, days / 2))) * total
    return Expected(
        math.exp(middle),
        math.exp(middle - half),
        math.exp(middle + half),
        total,
        days,
        tuple(None if error is None else error / scale for error in level.errors),
    )


def _logs(history: Mapping[dt.date, float], target: dt.date) -> list[float | None]:
    """The logarithms of the `MEMORY` days before the target, oldest first, with None in the gaps."""
    logs: list[float | None] = [None] * MEMORY
    start = target.toordinal() - MEMORY
    for day, value in history.items():
        if value > 0 and 0 <= (at := day.toordinal() - start) < MEMORY:
            logs[at] = math.log(value)
    return logs


def _weekdays(logs: list[float | None], kinds: Sequence[Kind]) -> tuple[list[float], list[int]]:
    """How far each weekday lies from the middle of its week, and in how many weeks it was seen."""
    logs, kinds = _level_out(logs[-RECENT:]), kinds[: len(logs)][-RECENT:]
    rough: list[list[float]] = [[] for _ in range(7)]
    for stop in range(len(logs), 0, -7):
        week = [(kinds[i].weekday, x) for i in range(max(0, stop - 7), stop) if (x := logs[i]) is not None]
        if len(week) >= 4:
            middle = _median(sorted(x for _, x in week))
            for weekday, x in week:
                rough[weekday].append(x - middle)
    profile = _shrunk(rough)
    flat = [None if x is None or k.group else x - profile[k.weekday] for x, k in zip(logs, kinds, strict=False)]
    fine: list[list[float]] = [[] for _ in range(7)]
    for i in range(len(logs)):
        if (own := flat[i]) is not None:
            around = sorted([x for x in flat[max(0, i - 3) : i + 4] if x is not None])
            weekday = kinds[i].weekday
            fine[weekday].append(own + profile[weekday] - _median(around))
    return _shrunk(fine), [len(errors) for errors in fine]


def _level_out(logs: list[float | None]) -> list[float | None]:
    """Without the steady growth from week to week, which within a week would pass for a profile."""
    weeks = sorted([b - a for a, b in zip(logs, logs[7:], strict=False) if a is not None and b is not None])
    slope = _median(weeks) / 7 if len(weeks) >= 7 else 0.0
    return [None if x is None else x - slope * i for i, x in enumerate(logs)]


def _shrunk(errors: list[list[float]]) -> list[float]:
    """The trimmed mean of each weekday; Monday to Friday leans on what they have in common while few were seen."""
    means = [_trimmed(sorted(values)) if values else None for values in errors]
    known = sorted(m for m in means[:5] if m is not None)
    common = _median(known) if known else 0.0
    profile = []
    for weekday, mean in enumerate(means):
        if weekday >= 5:
            profile.append(common if mean is None else mean)
        else:
            count = len(errors[weekday])
            profile.append((count * (mean or 0.0) + 0.5 * common) / (count + 0.5))
    return profile


def _flatten(logs: list[float | None], kinds: Sequence[Kind], profile: list[float]) -> tuple[list[float | None], float]:
    """The series without its weekday profile, and how much ordinary days scatter round the days beside them."""
    flat = [None if x is None else x - profile[k.weekday] for x, k in zip(logs, kinds, strict=False)]
    plain = [x for x, k in zip(flat, kinds, strict=False) if x is not None and not k.group][-RECENT:]
    steps = sorted(abs(b - a) for a, b in itertools.pairwise(plain))
    return flat, max(FLOOR, 1.4826 * _median(steps) / math.sqrt(2) if steps else 0.0)


class _Effects:
    """What special days did to this series, two layers: the group (holidays) and the name (Christmas)."""

    def __init__(self, flat: list[float | None], kinds: Sequence[Kind], profile: list[float], spread: float) -> None:
        self.profile = profile
        self.noise = spread**2
        self.groups: dict[str, list[float]] = defaultdict(list)
        self.names: dict[tuple[str, str], list[float]] = defaultdict(list)
        for i, value in enumerate(flat):
            kind = kinds[i]
            if value is not None and kind.group:
                self._learn(i, value, kind, flat, kinds)

    def _learn(self, i: int, value: float, kind: Kind, flat: list[float | None], kinds: Sequence[Kind]) -> None:
        beside = range(max(0, i - 5), min(len(flat), i + 6))
        level = sorted([x for j in beside if (x := flat[j]) is not None and not kinds[j].group])
        if len(level) >= 3:
            seen = value + self.profile[kind.weekday] - self.reference(kind) - _median(level)
            self.groups[kind.group].append(seen)
            self.names[kind.group, kind.name].append(seen)

    def reference(self, kind: Kind) -> float:
        """The weekday part of a day; a day on which people do not work is half a Sunday already."""
        own = self.profile[kind.weekday]
        return (own + self.profile[6]) / 2 if kind.group in _CLOSED else own

    def of(self, kind: Kind) -> tuple[float, float]:
        """The effect of a kind of day and the variance of not knowing it better (normal means, twice shrunk)."""
        if not kind.group:
            return 0.0, 0.0
        wide, own = (sigma**2 for sigma in _GROUPS[kind.group])
        group, name = self.groups.get(kind.group, []), self.names.get((kind.group, kind.name), [])
        middle = _median(sorted(group)) if group else 0.0
        common = len(group) * middle / (len(group) + (own + self.noise) / wide)
        doubt = own + 1 / (1 / wide + len(group) / (own + self.noise))
        if not name:
            return common, doubt
        weight = len(name) / (len(name) + self.noise / own)
        return common + weight * (_median(sorted(name)) - common), 1 / (1 / doubt + len(name) / self.noise)


def _less(value: float | None, effects: _Effects, kind: Kind) -> float | None:
    return value - effects.of(kind)[0] if value is not None and kind.group else value


def _best_level(series: list[float | None], spread: float) -> _Level:
    """The level after the last day, followed at the pace whose errors one day ahead were smallest."""
    return min((_follow(series, pace, spread) for pace in PACES), key=lambda level: level.loss)


def _follow(series: list[float | None], pace: float, spread: float) -> _Level:
    """Exponential smoothing with clipped steps: one odd day hardly moves the level, a lasting change does in days."""
    level = _median(sorted([x for x in series if x is not None][:7]))
    limit = CLIP * spread
    errors: list[float | None] = []
    loss = 0.0
    for value in series:
        if value is None:
            errors.append(None)
            continue
        error = value - level
        errors.append(error)
        step = limit if error > limit else -limit if error < -limit else error
        loss += abs(step)
        level += pace * step
    return _Level(level, errors, loss)


def _drift(errors: list[float | None]) -> float:
    """What the level lags behind a steady trend, as far as that shows above its noise (James and Stein)."""
    latest = [e for e in errors if e is not None][-TREND:]
    lag = _median(sorted(latest))
    noise = 1.25 * 1.4826 * _median(sorted(abs(e - lag) for e in latest)) / math.sqrt(len(latest))
    return lag * max(0.0, 1 - (2 * noise / lag) ** 2) if lag else 0.0


def _scale(errors: list[float | None], weekdays: list[int], weekday: int) -> float:
    """One sigma of the errors of that weekday, leaning on all days; wider while there are few."""
    latest = [(abs(e), w) for e, w in zip(errors, weekdays, strict=True) if e is not None][7:][-JUDGED:]
    if not latest:
        return 0.25
    overall = 1.4826 * _median(sorted(e for e, _ in latest))
    own = [e for e, w in latest if w == weekday]
    variance = overall**2
    if own:
        variance = (len(own) * (1.4826 * _median(sorted(own))) ** 2 + 6 * variance) / (len(own) + 6)
    few = 8 / len(latest)
    return math.sqrt((len(latest) * variance + few * 0.04) / (len(latest) + few) + FLOOR**2)


def _median(ordered: list[float]) -> float:
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def _trimmed(ordered: list[float]) -> float:
    """The mean without the lowest and the highest quarter (the median of up to three values)."""
    cut = (len(ordered) + 1) // 4
    kept = ordered[cut : len(ordered) - cut]
    return sum(kept) / len(kept)


def _student(normal: float, freedom: float) -> float:
    """The quantile of Student's t that is as rare as `normal` sigmas of the normal law (Wallace's approximation)."""
    bent = normal * (8 * freedom + 3) / (8 * freedom + 1)
    return math.sqrt(freedom * math.expm1(bent**2 / freedom))
