"""Which segments left their expected range on a day, from figures at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from farol.engines.alerts import classic
from farol.engines.alerts.explanation import Explainer
from farol.engines.alerts.findings import Alert, Finding, Kind, Status
from farol.engines.alerts.panel import WHOLE, Amounts, Panel, Segment
from farol.engines.alerts.rules import AreaRules
from farol.engines.alerts.significance import Tail, calibrate, discoveries
from farol.engines.metrics.expected import LEAST, Expected, expected_many
from farol.engines.metrics.model import Measure, Unit
from farol.platform.calendar import BusinessCalendar

RECENT = 28  # days that say what a segment carries and whether it is there every day
LASTING = 2.0  # a departure of so many scales the day before is the same one
SURPRISES = 56  # days whose errors give the tail
CALM = 0.9  # share of them, the calmest


@dataclass(frozen=True)
class Detection:
    """`checked` counts the segments and measures that were tested."""

    date: dt.date
    data_version: str
    alerts: tuple[Alert, ...]
    checked: int


def judge(panel: Panel, rules: AreaRules, calendar: BusinessCalendar) -> Detection:
    """The rule of the expected range, on figures at hand."""
    judgement = Judgement(panel, rules, calendar)
    return Detection(panel.day, panel.data_version, tuple(judgement.alerts()), judgement.checked)


def judge_classically(panel: Panel, rules: AreaRules, calendar: BusinessCalendar) -> Detection:
    """z below -2 against the 28 days before, per classic segment, worst first; nothing explains anything."""
    judgement = Judgement(panel, rules, calendar)
    names = rules.classic_segment
    segments = [s for s in panel.history if tuple(name for name, _ in s) == names and panel.day in panel.history[s]]
    measures = [panel.model.measure(name) for name in rules.classic_measures]
    rows = [
        (s, m, z)
        for s in segments
        for m in measures
        if (z := classic.z_score(panel.series(s, m), panel.day)) is not None
    ]
    alerts = [judgement.plain(s, m) for s, m, z in rows if z < classic.LIMIT]
    alerts.sort(key=lambda alert: (alert.z or 0.0, alert.segment, alert.measure.name))
    return Detection(panel.day, panel.data_version, tuple(alerts), len(rows))


class Judgement:
    """One day of one area."""

    def __init__(self, panel: Panel, rules: AreaRules, calendar: BusinessCalendar) -> None:
        self.panel, self.rules, self.calendar = panel, rules, calendar
        self.measures = [panel.model.measure(name) for name in rules.measures]
        self.weight = self.measures[0]
        self.p_values: dict[tuple[Segment, str], float] = {}
        self._forecasts: dict[tuple[Segment, str], Expected] = {}

    # what is tested

    @cached_property
    def segments(self) -> list[Segment]:
        """Those that matter, without the ones that are the same rows under another name."""
        whole = self._size(WHOLE)
        seen: dict[tuple[Amounts, Amounts], Segment] = {}
        for segment in sorted(self.panel.history, key=self._order):
            least = (
                self.rules.pair_share if len(segment) == 2 and not self._crossed(segment) else self.rules.least_share
            )
            if segment == WHOLE or self._size(segment) >= least * whole:
                sign = (self.panel.window(segment, RECENT), self.panel.observed(segment))
                seen.setdefault(sign, segment)
        return list(seen.values())

    def _crossed(self, segment: Segment) -> bool:
        return tuple(name for name, _ in segment) in self.rules.crosses

    def _order(self, segment: Segment) -> tuple[Any, ...]:
        names = self.rules.dimensions
        return len(segment), [names.index(name) for name, _ in segment], [str(value) for _, value in segment]

    def _size(self, segment: Segment) -> float:
        """Weight of an average recent day, or of the day judged where that is more (a segment may be new)."""
        recent = self.panel.value(self.weight, self.panel.window(segment, RECENT)) or 0.0
        return max(
            recent / max(len(self._recent), 1), self.panel.value(self.weight, self.panel.observed(segment)) or 0.0
        )

    @cached_property
    def _recent(self) -> list[dt.date]:
        """Recent days on which the data set has any row."""
        return [d for back in range(1, RECENT + 1) if (d := self._day(back)) in self.panel.days]

    def _day(self, back: int) -> dt.date:
        return self.panel.day - dt.timedelta(days=back)

    # what is expected

    def forecast(self, segment: Segment, measure: Measure) -> Expected:
        key = (segment, measure.name)
        if key not in self._forecasts:
            self._forecasts |= expected_many({key: self.panel.series(segment, measure)}, self.panel.day, self.calendar)
        return self._forecasts[key]

    def _forecast_all(self) -> None:
        series = {(s, m.name): self.panel.series(s, m) for s in self.segments for m in self.measures}
        self._forecasts |= expected_many(series, self.panel.day, self.calendar)

    # what was found

    @property
    def checked(self) -> int:
        return len(self.p_values)

    def alerts(self) -> Iterator[Alert]:
        """New ones first, each kind by its price."""
        self._forecast_all()
        findings = self._findings()
        explainer = Explainer(self.panel, self.rules, self.forecast, findings)
        explained = explainer.links()
        order = sorted(
            findings, key=lambda f: (bool(explained[f]), -abs(f.impact), self._order(f.segment), f.measure.name)
        )
        for finding in order:
            alert = self._alert(finding)
            by = explained[finding]
            if by:
                yield replace(alert, status=Status.EXPLAINED, explained_by=by)
            else:
                parts = explainer.causes(finding, self.segments)
                yield replace(alert, causes=tuple((s, in_people_unit(finding.measure, d), pct) for s, d, pct in parts))

    def _findings(self) -> list[Finding]:
        tail = self._tail()
        candidates = [f for s in self.segments for m in self.measures if (f := self._candidate(s, m, tail)) is not None]
        believed = self._believed()
        return [f for f in candidates if (f.segment, f.measure.name) in believed and self._matters(f)]

    def _tail(self) -> Tail:
        """From the errors of ordinary days: days on which everything went astray had a reason of their own."""
        days: dict[int, list[float]] = {}
        for told in self._forecasts.values():
            for back, error in enumerate(reversed(told.surprises[-SURPRISES:])):
                if error is not None:
                    days.setdefault(back, []).append(error)
        calm = sorted(days.values(), key=lambda errors: sum(map(abs, errors)) / len(errors))
        return calibrate([e for errors in calm[: round(CALM * len(calm))] for e in errors])

    def _believed(self) -> set[tuple[Segment, str]]:
        """Crossings are controlled apart: hundreds of them must not drown the values they are made of."""
        large = {key: p for key, p in self.p_values.items() if len(key[0]) < 2}
        small = {key: p for key, p in self.p_values.items() if len(key[0]) >= 2}
        return discoveries(large, self.rules.false_share) | discoveries(small, self.rules.false_share)

    def _candidate(self, segment: Segment, measure: Measure, tail: Tail) -> Finding | None:
        """None where there is nothing to judge; keeps the p-value of what is judged."""
        forecast = self.forecast(segment, measure)
        observed = self.panel.value(measure, self.panel.observed(segment))
        present = self.panel.day in self.panel.of(segment)
        if present and measure is self.weight and self._is_new(segment):
            self.p_values[segment, measure.name] = 0.0
            return self._finding(segment, measure, Kind.NEW, observed or 0.0, Expected(None, None, None, None, 0))
        if forecast.value is None or not (present or (measure is self.weight and self._is_regular(segment))):
            return None
        if observed is None:
            return None
        self.p_values[segment, measure.name] = tail.p(forecast.score(observed) or 0.0)
        return self._finding(segment, measure, Kind.LEVEL if present else Kind.VANISHED, observed, forecast)

    def _is_new(self, segment: Segment) -> bool:
        """Not one day in the four weeks before, though the data set had enough of them; and it weighs something."""
        seen = self.panel.of(segment)
        return len(self._recent) >= LEAST and segment != WHOLE and not any(d in seen for d in self._recent)

    def _is_regular(self, segment: Segment) -> bool:
        """There on nine in ten of the recent days with data, and on every one of the same weekday."""
        seen = self.panel.of(segment)
        days = [d for back in range(1, 2 * RECENT + 1) if (d := self._day(back)) in self.panel.days]
        same = [d for d in days if d.weekday() == self.panel.day.weekday()][:4]
        return len(days) >= LEAST and sum(d in seen for d in days) >= 0.9 * len(days) and all(d in seen for d in same)

    def _matters(self, finding: Finding) -> bool:
        value = finding.forecast.value or 0.0
        whole = self.forecast(WHOLE, self.weight).value or self._size(WHOLE)
        changed = abs(finding.observed - value) >= self.rules.least_change * value
        return changed and abs(finding.impact) >= self.rules.least_share * whole

    def _finding(self, segment: Segment, measure: Measure, kind: Kind, observed: float, forecast: Expected) -> Finding:
        return Finding(
            segment,
            measure,
            kind,
            observed,
            forecast,
            self._impact(segment, measure, observed, forecast),
            self._since(segment, kind, observed, forecast),
        )

    def _impact(self, segment: Segment, measure: Measure, observed: float, forecast: Expected) -> float:
        """The change at the price of the segment: its share of what was expected, times the expected weight."""
        if not forecast.value:
            return observed if measure is self.weight else 0.0
        if measure is self.weight:
            return observed - forecast.value
        return (observed / forecast.value - 1) * (self.forecast(segment, self.weight).value or 0.0)

    def _since(self, segment: Segment, kind: Kind, observed: float, forecast: Expected) -> dt.date:
        """The first of the days in a row on which it was so."""
        if kind is Kind.NEW or forecast.value is None:
            return self.panel.day
        if kind is Kind.VANISHED:
            absent = (back for back in range(1, RECENT) if self._day(back) in self.panel.of(segment))
            return self._day(next(absent, 1) - 1)
        back, sign = 0, 1 if observed > forecast.value else -1
        for surprise in reversed(forecast.surprises):
            if surprise is None or surprise * sign < LASTING:
                break
            back += 1
        return self._day(back)

    # as people read it

    def plain(self, segment: Segment, measure: Measure) -> Alert:
        """A segment's figures of the day, judged or not."""
        observed = self.panel.value(measure, self.panel.observed(segment)) or 0.0
        return self._alert(self._finding(segment, measure, Kind.LEVEL, observed, self.forecast(segment, measure)))

    def _alert(self, finding: Finding) -> Alert:
        forecast, measure = finding.forecast, finding.measure
        observed = self.panel.exact(measure, self.panel.observed(finding.segment))
        if observed is None:
            observed = Decimal(0)
        value = in_people_unit(measure, forecast.value)
        return Alert(
            date=self.panel.day,
            segment=finding.segment,
            measure=measure,
            kind=finding.kind,
            observed=observed,
            expected=value,
            low=in_people_unit(measure, forecast.low),
            high=in_people_unit(measure, forecast.high),
            delta=None if value is None else observed - value,
            impact=in_people_unit(self.weight, finding.impact),
            z=classic.z_score(self.panel.series(finding.segment, measure), self.panel.day),
            score=forecast.score(finding.observed),
            p=self.p_values.get((finding.segment, measure.name)),
            direction="up" if finding.up else "down",
            since=finding.since,
        )


def in_people_unit(measure: Measure, value: float | None) -> Any:
    """A stored number as Decimal reais with two places, an integer count, or a Decimal with four places."""
    if value is None:
        return None
    exact = Decimal(repr(value))
    if measure.unit is Unit.COUNT:
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    if measure.unit is Unit.BRL:
        return (exact / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)
