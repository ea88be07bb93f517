"""The board “Comercial”: six modules, what each asks, in which order."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards import conversion, funnel, intake, marks, team
from farol.areas.crm.boards.ahead import FORECAST
from farol.engines.dashboards.board import Board

CRM_BOARD = Board(
    slug="comercial",
    label=_("Commercial"),
    model="leads",
    permission="dashboard.commercial",
    namespace="crm",
    filters=("responsible", "channel", "source", "pipeline", "product", "team"),
    rows=(*intake.ROWS, *funnel.ROWS, *team.ACTIVITIES, *conversion.ROWS, *team.PEOPLE, *FORECAST),
    beside=marks.changed,
    usual="28d",
)
BOARDS = [CRM_BOARD]
