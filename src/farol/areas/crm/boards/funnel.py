"""Module 2: where leads stall, what they are worth on the way, and what moved."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards import flow, steps
from farol.areas.crm.boards.pace import BottleneckCard, VelocityCard
from farol.engines.dashboards.board import Row
from farol.engines.dashboards.cards import FunnelCard, ProvidedCard, TimesCard

TABLE = "dashboards/cards/table.html"

ROWS = (
    Row(
        (
            FunnelCard(
                slug="cohort",
                title=_("Funnel by cohort of entry: what became of those who entered?"),
                measures=(
                    "entered",
                    "moved_on",
                    "still_there",
                    "lost",
                    "stage_conversion",
                    "overall_conversion",
                    "abandonment",
                ),
                model="stages",
                path="pipeline",
                stage="stage",
                drawn=("entered", "moved_on", "lost"),
                rate="stage_conversion",
                order=flow.stage_order,
                caption=_(
                    "Cohort: those who entered the stage in the period, and what became of them up to today; beside "
                    "each name, its stage conversion."
                ),
                width=6,
            ),
            ProvidedCard(
                slug="snapshot",
                title=_("Funnel as a snapshot of the period: who stood where?"),
                measures=(),
                provider=flow.snapshot,
                height="wide",
            ),
            steps.CARD,
            TimesCard(
                slug="stage-times",
                title=_("How long do leads stay in each stage? (hours)"),
                measures=("hours_in_stage_median",),
                model="stages",
                stems={"hours_in_stage": _("Hours in the stage")},
                by="stage",
                within="pipeline",
                order=flow.stage_order,
            ),
            BottleneckCard(
                slug="bottlenecks",
                title=_("Which stage holds up the funnel?"),
                measures=("hours_in_stage_median", "entered", "abandonment"),
            ),
            VelocityCard(
                slug="velocity",
                title=_("How fast does the funnel turn into revenue?"),
                measures=("win_rate", "average_ticket", "cycle_days_mean"),
                width=12,
            ),
            ProvidedCard(
                slug="journey",
                title=_("How many days from creation to each stage?"),
                measures=(),
                provider=flow.journey,
                width=12,
                height="auto",
                partial=TABLE,
            ),
            ProvidedCard(
                slug="slowest",
                title=_("Which open leads are slowest?"),
                measures=(),
                provider=flow.slowest,
                width=12,
                height="auto",
                partial=TABLE,
            ),
        ),
        _("2 · Funnel"),
    ),
)
