"""Cards along the days: layers, lines, mix and the profile of the week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.charts import Days, Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Period, Query
from farol.platform.calendar import DayKind
from farol.platform.exports import Column, Kind

MEAN_DAYS = 7
PROFILE_DAYS = 91
Values = dict[dt.date, Any]


def daily(scope: Scope, measures: Sequence[str], compare: Sequence[str] = ()) -> Query:
    """Each day of the longest window that a card needs, so that all of them share one question."""
    return scope.query(measures, ["day"], period=scope.window(PROFILE_DAYS + MEAN_DAYS), compare=compare)


def axis(scope: Scope, period: Period) -> Days:
    """The days of a period with holidays marked, incomplete ones hatched, those outside the question faint."""
    drawn = charts.days_axis(
        period.days, scope.language, common.holidays(scope, period.days), scope.span.complete_until
    )
    outside = [i for i, day in enumerate(period.days) if not scope.period.start <= day <= scope.period.end]
    return replace(drawn, faint=frozenset(outside))


def mean(values: Values, days: Sequence[dt.date], width: int = MEAN_DAYS) -> list[Decimal | None]:
    """The mean of each day and those before it, `width` in all; None until all of them have data."""
    found: list[Decimal | None] = []
    for day in days:
        window = [values.get(day - dt.timedelta(days=i)) for i in range(width)]
        known = [Decimal(v) for v in window if v is not None]
        found.append(sum(known, Decimal(0)) / width if len(known) == width else None)
    return found


def adjusted(values: Values, expected: Values, days: Sequence[dt.date]) -> list[Decimal | None]:
    """The trend without the calendar: each day over what its kind usually brings, times a usual day, then the mean.

    A usual day is the mean of the expected ones of the 28 days before, so that the line keeps the unit of the figure.
    """
    level: Values = {}
    for day, usual in expected.items():
        window = [expected.get(day - dt.timedelta(days=i)) for i in range(28)]
        known = [v for v in window if v]
        if usual and values.get(day) is not None and len(known) >= MEAN_DAYS:
            level[day] = Decimal(values[day]) / usual * (sum(known) / len(known))
    return mean(level, days)


@dataclass(frozen=True, kw_only=True)
class DaysCard(Card):
    """`measure` by day: layers by a dimension where one is given, with the 7-day mean and the calendar-adjusted trend;
    a line otherwise."""

    by: str = ""
    daily_measures: tuple[str, ...]
    trend: bool = False
    width: int = 12

    @property
    def measure(self) -> str:
        return self.measures[0]

    def asks(self, scope: Scope) -> dict[str, Query]:
        asked = {"daily": daily(scope, self.daily_measures)}
        if self.by:
            asked["layers"] = scope.query([self.measure], ["day", self.by], period=scope.window())
        if self.trend:
            asked["expected"] = scope.query([self.measure], ["day"], period=scope.window(63), compare=["expected"])
        return asked

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        period = scope.window()
        values: Values = {row["day"]: row[self.measure] for row in answers["daily"].rows}
        if not any(values.get(day) is not None for day in period.days):
            return Drawing(receipts=(answers["daily"].receipt,))
        overlays = self._overlays(scope, answers, values, period.days)
        layers = self._layers(scope, answers, period.days) if self.by else []
        unit = scope.model.measure(self.measure).unit.value
        drawn = axis(scope, period)
        if layers:
            kept = charts.top_series(layers, _("others"))
            option = charts.stacked_bars(drawn, kept, unit=unit, overlays=overlays, look=scope.look)
        else:
            one = Series(str(scope.model.measure(self.measure).label), [values.get(d) for d in period.days])
            option = charts.stacked_bars(drawn, [one], unit=unit, overlays=overlays, look=scope.look)
        return Drawing(
            option=option,
            table=self._table(scope, period.days, values, layers, overlays),
            picks=self._picks(period.days, layers),
            note=_note(scope),
            receipts=tuple(answers[name].receipt for name in answers),
        )

    def _overlays(self, scope: Scope, answers: Answers, values: Values, days: Sequence[dt.date]) -> list[Series]:
        lines = [Series(_("7-day mean"), mean(values, days), "text")]
        if self.trend:
            rows = answers["expected"].rows
            expected = {row["day"]: row["compare"][self.measure]["expected"].base for row in rows}
            lines.append(Series(_("Calendar-adjusted trend"), adjusted(values, expected, days), "total", dashed=True))
        return [line for line in lines if any(v is not None for v in line.values)]

    def _layers(self, scope: Scope, answers: Answers, days: Sequence[dt.date]) -> list[Series]:
        found: dict[Any, Values] = {}
        for row in answers["layers"].rows:
            found.setdefault(row[self.by], {})[row["day"]] = row[self.measure]
        hues = common.hues(scope, self.by, list(found))
        return [
            Series(scope.name_of(self.by, key), [values.get(day) for day in days], hues[str(key)], str(key))
            for key, values in found.items()
        ]

    def _picks(self, days: Sequence[dt.date], layers: Sequence[Series]) -> Mapping[str, Any]:
        if layers:
            return {"series": {s.name: {self.by: s.key} for s in layers}}
        return {"items": [{"period": day.isoformat()} for day in days]}

    def _table(
        self,
        scope: Scope,
        days: Sequence[dt.date],
        values: Values,
        layers: Sequence[Series],
        overlays: Sequence[Series],
    ) -> Table:
        measure = scope.model.measure(self.measure)
        columns = [Column("day", _("Day"), Kind.DATE), Column("kind", _("Kind of day")), common.column(measure)]
        columns += [common.column(measure, s.name) for s in layers]
        columns += [Column(f"line{i}", s.name, common.KINDS[measure.unit]) for i, s in enumerate(overlays)]
        shown = list(reversed(list(enumerate(days))))
        rows = [
            [day, common.describe(day, scope), values.get(day), *(s.values[i] for s in (*layers, *overlays))]
            for i, day in shown
        ]
        return Table(columns, rows, [{"period": day.isoformat()} for _i, day in shown])


def _note(scope: Scope) -> str:
    if scope.window() != scope.period and (scope.period.end - scope.period.start).days < 27:
        return _("The days before the period are shown faint, for context.")
    return ""


@dataclass(frozen=True, kw_only=True)
class MixCard(Card):
    """How the parts of a whole change: each day's shares of `measure` by a dimension, stacked to 100 %."""

    by: str

    def asks(self, scope: Scope) -> dict[str, Query]:
        measure = self.measures[0]
        return {
            "days": scope.query([measure], ["day", self.by], period=scope.window(), ignoring=self.by),
            "now": scope.query(self.measures, [self.by], compare=[scope.base], ignoring=self.by),
        }

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        measure, period = self.measures[0], scope.window()
        found: dict[Any, Values] = {}
        for row in answers["days"].rows:
            found.setdefault(row[self.by], {})[row["day"]] = row[measure]
        if not found:
            return Drawing(receipts=(answers["days"].receipt,))
        totals = {day: sum(v.get(day) or 0 for v in found.values()) for day in period.days}
        hues = common.hues(scope, self.by, list(found))
        layers = [
            Series(
                scope.name_of(self.by, key),
                [_share(values.get(day), totals[day]) for day in period.days],
                hues[str(key)],
                str(key),
            )
            for key, values in found.items()
        ]
        kept = charts.top_series(layers, _("others"))
        return Drawing(
            option=charts.stacked_bars(axis(scope, period), kept, unit="percent", look=scope.look),
            unit="percent",
            table=self._table(scope, answers),
            picks={"series": {s.name: {self.by: s.key} for s in layers}},
            note=_note(scope),
            receipts=tuple(answers[name].receipt for name in answers),
        )

    def _table(self, scope: Scope, answers: Answers) -> Table:
        measures = [scope.model.measure(name) for name in self.measures]
        shares = [m for m in measures if m.unit.value == "percent"]
        columns = [common.dimension_column(scope, self.by), *(common.column(m) for m in measures)]
        columns += [Column(f"{m.name}_delta", _("Change, points"), Kind.NUMBER) for m in shares]
        ranked = sorted(answers["now"].rows, key=lambda row: -(row[self.measures[0]] or 0))
        rows = [
            [
                row[self.by],
                *(row[m.name] for m in measures),
                *(row["compare"][m.name][scope.base].delta for m in shares),
            ]
            for row in ranked
        ]
        names = {self.by: scope.model.dimension(self.by).values}
        return Table(columns, rows, [{self.by: str(row[0])} for row in rows], names)


def _share(value: Any, total: Any) -> Decimal | None:
    return Decimal(value or 0) * 100 / Decimal(total) if total else None


@dataclass(frozen=True, kw_only=True)
class WeekdayCard(Card):
    """The usual week: the mean of each weekday in the last 13 weeks, days of holiday and Carnival left out."""

    daily_measures: tuple[str, ...]

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"daily": daily(scope, self.daily_measures)}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        measure = scope.model.measure(self.chosen(scope, "measure") if self.switches else self.measures[0])
        days = self._days(scope, answers, measure.name)
        if not days:
            return Drawing(receipts=(answers["daily"].receipt,))
        monday = dt.date(2024, 1, 1)
        names = [formats.weekday(monday + dt.timedelta(days=i), scope.language) for i in range(7)]
        means = [_mean_of([v for d, v in days.items() if d.weekday() == i]) for i in range(7)]
        week = _mean_of([m for m in means if m is not None])
        counts = [sum(d.weekday() == i for d in days) for i in range(7)]
        bars = [Series(str(measure.label), means)]
        rows = [
            [name, value, _share(value, week) if value is not None else None, count]
            for name, value, count in zip(names, means, counts, strict=True)
        ]
        columns = [
            Column("weekday", _("Weekday")),
            common.column(measure, _("Mean of the day")),
            Column("index", _("Of the mean of the week"), Kind.PERCENT),
            Column("days", _("Days counted"), Kind.INTEGER),
        ]
        short = [name.removesuffix("-feira")[:3] for name in names]
        return Drawing(
            option=charts.bars(short, bars, unit=measure.unit, look=scope.look, horizontal=False),
            unit=measure.unit,
            table=Table(columns, rows),
            note=_("Means of the last 13 weeks, without holidays and Carnival."),
            receipts=(answers["daily"].receipt,),
        )

    def _days(self, scope: Scope, answers: Answers, name: str) -> Values:
        first = scope.day - dt.timedelta(days=PROFILE_DAYS - 1)
        closed = {DayKind.HOLIDAY, DayKind.CARNIVAL, DayKind.BANK_HOLIDAY}
        return {
            row["day"]: row[name]
            for row in answers["daily"].rows
            if first <= row["day"] <= scope.span.complete_until
            and row[name] is not None
            and scope.calendar.day(row["day"]).kind not in closed
        }


def _mean_of(values: Sequence[Any]) -> Decimal | None:
    return sum((Decimal(v) for v in values), Decimal(0)) / len(values) if values else None
