"""The rule of the weeks before, for counts that are few: the last days against the same weekdays of fourteen weeks, of
which the latest weigh most.

Counts scatter as counts do (Poisson's law), or more where the weeks before did; durations are compared on a logarithmic
scale. A holiday is worth a weekend's day.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from farol.engines.alerts.findings import Alert, Kind, Status
from farol.engines.alerts.panel import WHOLE, Segment
from farol.engines.alerts.rules import WeekRules
from farol.engines.alerts.significance import Tail, discoveries
from farol.engines.metrics.model import Measure, Unit
from farol.engines.metrics.period import Period
from farol.platform.calendar import BusinessCalendar

WEEKS = 14
FADE = 0.75  # what a week weighs of the one after it
LEAST_WEEKS = 6
FREEDOM = 20.0  # of the tail: the scatter is known from a dozen weeks
IDLE = 0.35  # what a day without business brings of one with
STEADIEST = 0.12  # sigma of a logarithm; no duration is believed to be steadier
RANGE = 1.96
MOST_OF_IT = 0.6  # share of a change that a part must make to be called its cause
STANDS_OUT = 1.3  # and how much further than the whole it must have moved

Values = Mapping[str, float | None]
Course = Sequence[Values]
"""One segment's figures: of the days judged, then of the same days one week before, two weeks before, …"""


@dataclass(frozen=True)
class Span:
    """The course of every segment over so many days; `worth` is how much business the days of each week allow."""

    days: int
    worth: Sequence[float]
    courses: Mapping[Segment, Course]


@dataclass(frozen=True)
class Usual:
    """What the weeks before let expect, in the unit people read; `score` is how many sigmas away the days are."""

    expected: float
    low: float
    high: float
    score: float


@dataclass(frozen=True)
class Found:
    segment: Segment
    measure: Measure
    days: int
    observed: float
    usual: Usual
    p: float

    @property
    def change(self) -> float:
        return self.observed - self.usual.expected

    @property
    def up(self) -> bool:
        return self.change > 0

    @property
    def share(self) -> float:
        return abs(self.change) / self.usual.expected


def periods(day: dt.date, days: int) -> list[Period]:
    """The last `days` days until `day`, and the same ones of each week before."""
    lasts = (day - dt.timedelta(weeks=back) for back in range(WEEKS + 1))
    return [Period(last - dt.timedelta(days=days - 1), last) for last in lasts]


def worth(periods: Sequence[Period], calendar: BusinessCalendar) -> list[float]:
    """Business days of each period, the others at what they are worth."""
    return [sum(1 if calendar.is_business_day(day) else IDLE for day in period.days) for period in periods]


def judge(rules: WeekRules, day: dt.date, spans: Sequence[Span]) -> tuple[list[Alert], int]:
    """The alerts, those that stand for themselves first, and how many figures were tested."""
    tested = [found for span in spans for found in _tested(rules, span)]
    believed = discoveries({at: found.p for at, found in enumerate(tested)}, rules.false_share)
    clear = [tested[at] for at in sorted(believed) if tested[at].share >= rules.least_change]
    standing = _shortest(clear)
    said = {id(found): _said_by(rules, found, standing) for found in standing}
    rows = [(found, _root(found, said)) for found in standing]
    rows.sort(key=lambda row: (row[1] is not None, len(row[0].segment), -row[0].share, str(row[0].segment)))
    return [_alert(day, found, root) for found, root in rows], len(tested)


def _tested(rules: WeekRules, span: Span) -> Iterator[Found]:
    pieces = rules.semantic_model.measure(rules.pieces)
    for segment, course in span.courses.items():
        many = usual(course, pieces, span.worth)
        if many is None or many.expected < rules.least:
            continue
        for measure in map(rules.semantic_model.measure, rules.measures):
            observed = observed_of(course[0], measure)
            found = usual(course, measure, span.worth)
            if found is not None and observed is not None and found.expected > 0:
                p = Tail(freedom=FREEDOM).p(found.score)
                yield Found(segment, measure, span.days, observed, found, p)


def observed_of(values: Values, measure: Measure) -> float | None:
    """A sum without rows is zero; a duration or share without any is unknown."""
    found = values.get(measure.name)
    return 0.0 if found is None and measure.additive else found


def usual(course: Course, measure: Measure, worth: Sequence[float]) -> Usual | None:
    """What the weeks before let expect of the first; None with fewer than six."""
    observed = observed_of(course[0], measure)
    if measure.additive:
        base = [(observed_of(week, measure) or 0.0) * worth[0] / worth[at] for at, week in enumerate(course) if at]
        while base and not base[-1]:
            base.pop()  # before it began
    else:
        base = [math.log(value) for week in course[1:] if (value := week.get(measure.name))]
    if len(base) < LEAST_WEEKS:
        return None
    expected, spread, doubt = _followed(base)
    if measure.additive:
        least = expected if measure.unit is Unit.COUNT else 0.0
        sigma = math.sqrt(max(spread, least * (1 + doubt)))
        score = ((observed or 0.0) - expected) / sigma if sigma else 0.0
        return Usual(expected, max(expected - RANGE * sigma, 0.0), expected + RANGE * sigma, score)
    sigma = math.sqrt(spread + STEADIEST**2)
    score = (math.log(observed) - expected) / sigma if observed else 0.0
    low, high = (math.exp(expected + side * RANGE * sigma) for side in (-1, 1))
    return Usual(math.exp(expected), low, high, score)


def _followed(base: Sequence[float]) -> tuple[float, float, float]:
    """What follows on values, newest first: their mean, in which each weighs `FADE` of the one after it; the mean
    square of what the same reckoning missed of each of them, without the worst; the variance of such a mean of ones."""
    means = [_weighed(base[at:]) for at in range(len(base))]
    missed = sorted((value - mean) ** 2 for value, mean in zip(base, means[1:-2], strict=False))
    weights = [FADE**at for at in range(len(base))]
    doubt = sum(weight**2 for weight in weights) / sum(weights) ** 2
    return means[0], statistics.fmean(missed[:-1]), doubt


def _weighed(values: Sequence[float]) -> float:
    weights = [FADE**at for at in range(len(values))]
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) / sum(weights)


def _shortest(found: Sequence[Found]) -> list[Found]:
    """Of each segment and measure the shortest span that shows it: what began yesterday is said of yesterday."""
    first: dict[tuple[Segment, str, bool], Found] = {}
    for one in sorted(found, key=lambda one: one.days):
        first.setdefault((one.segment, one.measure.name, one.up), one)
    return list(first.values())


def _said_by(rules: WeekRules, one: Found, others: Sequence[Found]) -> Found | None:
    """What says it already: an earlier measure of the same segment, a part that made most of it, or the whole where it
    moved as much."""
    same_way = [other for other in others if other is not one and other.up == one.up]
    names = rules.measures
    for other in same_way:
        if other.segment == one.segment and names.index(other.measure.name) < names.index(one.measure.name):
            return other
    same_measure = (other for other in same_way if other.segment != one.segment and other.measure is one.measure)
    return next((other for other in same_measure if _leads(other, one)), None)


def _root(one: Found, said: Mapping[int, Found | None]) -> Found | None:
    """The end of the chain of those that say it; None for one that stands for itself."""
    seen, at = {id(one)}, said[id(one)]
    while at is not None and (further := said[id(at)]) is not None and id(further) not in seen:
        seen.add(id(at))
        at = further
    return at


def _leads(other: Found, one: Found) -> bool:
    """Does `other` tell `one`? The part of which the change is made tells the whole, else the whole tells its parts;
    of two that overlap, the one that moved further."""
    if one.segment == WHOLE or other.segment == WHOLE:
        part, whole = (other, one) if one.segment == WHOLE else (one, other)
        most_of_it = abs(part.change) / part.days >= MOST_OF_IT * abs(whole.change) / whole.days
        return (most_of_it and part.share >= STANDS_OUT * whole.share) == (other is part)
    apart = one.segment[0][0] == other.segment[0][0]
    return not apart and (other.share, str(other.segment)) > (one.share, str(one.segment))


def _alert(day: dt.date, found: Found, root: Found | None) -> Alert:
    measure, usual_ = found.measure, found.usual
    observed, expected = _in_unit(measure, found.observed), _in_unit(measure, usual_.expected)
    return Alert(
        date=day,
        segment=found.segment,
        measure=measure,
        kind=Kind.LEVEL if found.observed else Kind.VANISHED,
        observed=observed,
        expected=expected,
        low=_in_unit(measure, usual_.low),
        high=_in_unit(measure, usual_.high),
        delta=observed - expected,
        impact=observed - expected if measure.unit is Unit.BRL else None,
        z=None,
        score=usual_.score,
        p=found.p,
        direction="up" if found.up else "down",
        since=day - dt.timedelta(days=found.days - 1),
        days=found.days,
        status=Status.EXPLAINED if root else Status.NEW,
        explained_by=(root.segment,) if root else (),
    )


def _in_unit(measure: Measure, value: float) -> Any:
    """As people read it: a whole count, reais with two places, anything else with four."""
    places = {Unit.COUNT: Decimal(1), Unit.BRL: Decimal("0.01")}.get(measure.unit, Decimal("0.0001"))
    exact = Decimal(repr(value)).quantize(places, ROUND_HALF_UP)
    return int(exact) if measure.unit is Unit.COUNT else exact
