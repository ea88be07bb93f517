"""The movement of the open deals as a card of the board and as the lists of its own page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.boards.links import kommo_page, lead_page
from farol.areas.crm.boards.movement import Movement, Part, Step, movement, steps_with_leads
from farol.areas.crm.boards.records import open_records
from farol.core import formats
from farol.core.money import from_centavos
from farol.engines.dashboards import charts, scales
from farol.engines.dashboards.board import Drawing, Table
from farol.engines.dashboards.cards import ProvidedCard
from farol.engines.dashboards.scope import Scope
from farol.platform.exports import Column, Kind

MOST_LISTED = 200


def draw(scope: Scope) -> Drawing:
    """The steps as a waterfall from zero, the opening and closing values beside it."""
    with open_records(scope.principal, scope.where) as records:
        found = movement(records, scope.period)
    if not (found.opening_leads or found.closing_leads or any(step.leads for step in found.steps)):
        return Drawing()
    shown = [step for step in found.steps if step.leads]
    total = from_centavos(found.closing - found.opening)
    option = charts.waterfall(
        [(step.label, from_centavos(step.amount)) for step in shown],
        (_("Whole change"), total),
        unit="brl",
        look=scope.look,
        good=[i for i, step in enumerate(shown) if step.name == "won"],
    )
    page = f"{reverse('crm:waterfall')}?{scope.address()}"
    return Drawing(
        option=option,
        unit="brl",
        table=_table(found),
        body=_body(scope, found),
        picks={"pages": [f"{page}#step-{step.name}" for step in shown]},
        note=_(
            "What was won leaves the open deals and becomes revenue. Days: end of %(before)s to end of %(last)s."
            " A click on a bar shows its leads."
        )
        % {
            "before": formats.date(found.period.start - dt.timedelta(days=1), scope.language),
            "last": formats.date(found.period.end, scope.language),
        },
    )


def _table(found: Movement) -> Table:
    columns = [Column("step", _("Step")), Column("leads", _("Leads"), Kind.INTEGER)]
    columns += [Column("amount", _("Value"), Kind.MONEY)]
    rows = [
        [_("Opening"), found.opening_leads, from_centavos(found.opening)],
        *([step.label, step.leads, from_centavos(step.amount)] for step in found.steps),
        [_("Closing"), found.closing_leads, from_centavos(found.closing)],
    ]
    return Table(columns, rows)


def _body(scope: Scope, found: Movement) -> dict[str, Any]:
    def written(centavos: int) -> dict[str, str]:
        amount = from_centavos(centavos)
        return {
            "text": scales.text(amount, "brl", scope.language),
            "full": scales.full(amount, "brl", scope.language),
        }

    return {"opening": written(found.opening), "closing": written(found.closing), "address": scope.address()}


CARD = ProvidedCard(
    slug="movement",
    title=gettext_lazy("What moved the value of the open deals?"),
    measures=(),
    provider=draw,
    width=12,
    height="wide",
    partial="crm/movement_card.html",
)


@dataclass(frozen=True)
class Line:
    """A lead of a step, with its pages here and in Kommo."""

    part: Part

    @property
    def amount(self) -> Decimal:
        return from_centavos(self.part.amount)

    @property
    def page(self) -> str:
        return lead_page(self.part.connection_id, self.part.lead_id)

    @property
    def kommo(self) -> str:
        return kommo_page(self.part.connection_id, self.part.lead_id)


@dataclass(frozen=True)
class Listed:
    """A step with as many of its leads as a page shows, the largest first."""

    step: Step

    @property
    def amount(self) -> Decimal:
        return from_centavos(self.step.amount)

    @property
    def lines(self) -> list[Line]:
        return [Line(part) for part in self.step.parts[:MOST_LISTED]]

    @property
    def more(self) -> int:
        return max(0, len(self.step.parts) - MOST_LISTED)


def with_leads(scope: Scope) -> list[Listed]:
    """The steps that any lead took."""
    with open_records(scope.principal, scope.where) as records:
        return [Listed(step) for step in steps_with_leads(records, scope.period) if step.leads]
