"""How fast the funnel is: the stages that hold it up, and what it turns into revenue a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.engines.dashboards import charts, scales
from farol.engines.dashboards.board import Answers, Card, Drawing, Table
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Period, Query
from farol.platform.exports import Column, Kind


@dataclass(frozen=True, kw_only=True)
class BottleneckCard(Card):
    """The stages where time, volume and loss come together: median hours × entered × part lost."""

    model: str = "stages"

    def asks(self, scope: Scope) -> dict[str, Query]:
        return {"now": scope.query(self.measures, ["pipeline", "stage"])}

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        rows = [(score(row), row) for row in answers["now"].rows]
        ranked = sorted(((s, row) for s, row in rows if s), key=lambda pair: -pair[0])
        receipts = (answers["now"].receipt,)
        if not ranked:
            return Drawing(receipts=receipts)
        most = ranked[0][0]
        shown = ranked[:10]
        columns = [Column("pipeline", _("Pipeline")), Column("stage", _("Stage"))]
        columns += [Column("score", _("Index (worst = 100)"), Kind.NUMBER)]
        columns += [Column("hours", _("Median hours"), Kind.NUMBER), Column("entered", _("Entered"), Kind.INTEGER)]
        columns += [Column("lost", _("Abandonment"), Kind.PERCENT)]
        lines = [
            [
                row["pipeline"],
                row["stage"],
                s * 100 / most,
                row["hours_in_stage_median"],
                row["entered"],
                row["abandonment"],
            ]
            for s, row in ranked
        ]
        return Drawing(
            option=charts.bars(
                [f"{row['stage']} · {row['pipeline']}" for _score, row in shown],
                [Series(_("Index (worst = 100)"), [s * 100 / most for s, _row in shown])],
                unit="number",
                look=scope.look,
            ),
            unit="number",
            table=Table(columns, lines),
            note=_("Median hours in the stage × entered × part lost there; the worst is 100."),
            receipts=receipts,
        )


def score(row: Mapping[str, Any]) -> Decimal | None:
    hours, entered, lost = row["hours_in_stage_median"], row["entered"], row["abandonment"]
    return None if None in (hours, entered, lost) else Decimal(hours) * entered * lost / 100


@dataclass(frozen=True, kw_only=True)
class VelocityCard(Card):
    """What the funnel turns into revenue a day: open deals × win rate × average ticket ÷ cycle in days."""

    model: str = "deals"
    height: str = "auto"
    partial: str = "crm/velocity_card.html"

    def asks(self, scope: Scope) -> dict[str, Query]:
        day = Period(scope.day, scope.day)
        return {
            "open": scope.on("pipeline").query(["open_deals", "open_value"], period=day),
            "closed": scope.query(["win_rate", "average_ticket", "cycle_days_mean"]),
        }

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        (stock,), (closed,) = answers["open"].rows, answers["closed"].rows
        receipts = tuple(answer.receipt for answer in answers.values())
        found = velocity(stock["open_deals"], closed["win_rate"], closed["average_ticket"], closed["cycle_days_mean"])
        if stock["open_deals"] is None:
            return Drawing(receipts=receipts)
        values = [
            (_("Open deals"), stock["open_deals"], "count"),
            (_("Open value"), stock["open_value"], "brl"),
            (_("Win rate"), closed["win_rate"], "percent"),
            (_("Average ticket"), closed["average_ticket"], "brl"),
            (_("Mean cycle, days"), closed["cycle_days_mean"], "number"),
            (_("Velocity, revenue a day"), found, "brl"),
        ]
        texts = [
            {"label": label, "text": scales.text(v, unit, scope.language), "full": scales.full(v, unit, scope.language)}
            for label, v, unit in values
        ]
        columns = [Column("what", _("Part")), Column("value", _("Value"), Kind.NUMBER)]
        return Drawing(
            body={"figures": texts},
            table=Table(columns, [[label, value] for label, value, _unit in values]),
            note=_("Open deals × win rate × average ticket ÷ mean cycle in days; rates and ticket of the period."),
            receipts=receipts,
        )


def velocity(deals: Any, win_rate: Any, ticket: Any, cycle: Any) -> Decimal | None:
    """In reais a day; None while a part is unknown or the cycle is zero."""
    if None in (deals, win_rate, ticket) or not cycle:
        return None
    return Decimal(deals) * win_rate / 100 * ticket / cycle
