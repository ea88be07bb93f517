"""What moved a figure: each segment's part of the change, with the effect of volume and that of the ticket apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.engines.dashboards import charts, scales
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.cards import common
from farol.engines.dashboards.scope import SHORT_BASES, Scope
from farol.engines.metrics import Explanation, Query, explain
from farol.platform.calendar import SHIFTS
from farol.platform.exports import Column, Kind

MOST_STEPS = 8


@dataclass(frozen=True, kw_only=True)
class MovedCard(Card):
    """The change of `measures[0]` over the period against the chosen base, by the dimensions of the chosen cut.

    A cut without dimensions lets the metrics layer find those that explain it best. What is expected has no segments to
    share the change among, so the same weekday of the week before takes its place.
    """

    cuts: dict[str, tuple[str, ...]]
    width: int = 12
    height: str = "tall"
    partial: str = "dashboards/cards/moved.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        base = scope.base if scope.base in SHIFTS else "w1"
        cut = self.cuts[self.chosen(scope, "by")]
        found = explain(scope.model, self.measures[0], scope.period, base, cut, scope.principal, where=scope.where)
        if found.delta is None or not found.segments:
            return Drawing(note=_no_base(scope, found, base), receipts=(found.receipt,))
        by = [dimension.name for dimension in found.query.by]
        parts = [Part.of(segment, by, scope) for segment in found.segments]
        return Drawing(
            option=self._chart(scope, parts, found),
            table=_table(scope, by, found.segments),
            picks={"items": [p.filters for p in parts[:MOST_STEPS]]},
            body=self._body(scope, parts, found, base),
            receipts=(found.receipt,),
        )

    def _chart(self, scope: Scope, parts: Sequence[Part], found: Explanation) -> charts.Option:
        shown, rest = parts[:MOST_STEPS], parts[MOST_STEPS:]
        steps: list[tuple[str, charts.Value]] = [(part.name, part.delta) for part in shown]
        if rest:
            steps.append((_("others"), sum((p.delta for p in rest), Decimal(0))))
        unit = scope.model.measure(self.measures[0]).unit
        return charts.waterfall(steps, (_("Whole change"), found.delta), unit=unit, look=scope.look)

    def _body(self, scope: Scope, parts: Sequence[Part], found: Explanation, base: str) -> dict[str, Any]:
        unit, language = scope.model.measure(self.measures[0]).unit, scope.language

        def written(value: Any) -> dict[str, str]:
            way = "up" if value > 0 else "down" if value < 0 else "flat"
            return {
                "text": scales.signed(value, unit, language),
                "full": scales.full(value, unit, language),
                "way": way,
            }

        return {
            "delta": written(found.delta),
            "volume": written(sum((p.volume_effect for p in parts), Decimal(0))),
            "ticket": written(sum((p.ticket_effect for p in parts), Decimal(0))),
            "days": _days(scope, [found.query.period.start, found.query.period.end]),
            "base": SHORT_BASES[base],
            "base_days": _days(scope, found.base_days),
            "by": ", ".join(str(dimension.label) for dimension in found.query.by),
            "explained_by": [segment_name(s, scope) for s in found.explained_by],
        }


def _days(scope: Scope, days: Sequence[dt.date]) -> str:
    """One day with its kind, or the first and last."""
    if not days:
        return "—"
    words = common.span_name(days[0], days[-1], scope.language)
    return f"{words} ({common.describe(days[0], scope)})" if days[0] == days[-1] else words


def _no_base(scope: Scope, found: Explanation, base: str) -> str:
    if found.value is None:
        return ""
    days = _days(scope, found.base_days)
    return _("There is no complete base for %(base)s: %(days)s.") % {"base": SHORT_BASES[base], "days": days}


@dataclass(frozen=True)
class Part:
    """One segment's part of the change, named for the screen."""

    name: str
    delta: Decimal
    volume_effect: Decimal
    ticket_effect: Decimal
    filters: dict[str, str]

    @classmethod
    def of(cls, segment: Any, by: Sequence[str], scope: Scope) -> Part:
        filters = {name: str(segment.segment[name]) for name in by}
        delta, volume, ticket = (Decimal(v or 0) for v in (segment.delta, segment.volume_effect, segment.ticket_effect))
        return cls(segment_name(segment.segment, scope), delta, volume, ticket, filters)


def segment_name(segment: dict[str, Any], scope: Scope) -> str:
    return " · ".join(scope.name_of(name, value) for name, value in segment.items())


def _table(scope: Scope, by: Sequence[str], segments: Sequence[Any]) -> Table:
    columns = [common.dimension_column(scope, name) for name in by]
    columns += [
        Column("base", _("Base"), Kind.MONEY),
        Column("value", _("Value"), Kind.MONEY),
        Column("delta", "Δ", Kind.MONEY),
        Column("volume_effect", _("Effect of volume"), Kind.MONEY),
        Column("ticket_effect", _("Effect of the ticket"), Kind.MONEY),
    ]
    rows = [
        [*(s.segment[name] for name in by), s.base, s.value, s.delta, s.volume_effect, s.ticket_effect]
        for s in segments
    ]
    filters = [{name: str(s.segment[name]) for name in by} for s in segments]
    return Table(columns, rows, filters, {name: scope.model.dimension(name).values for name in by})
