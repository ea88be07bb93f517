"""Head-line figures of the commercial board."""

from __future__ import annotations

from typing import Any

from farol.areas.crm.boards import marks
from farol.engines.dashboards.cards import KpiCard

BASES = ("w1", "m1", "y1")
AMONG = {
    "leads": ("leads", "conversion", "cost_per_lead", "roi"),
    "deals": ("won", "revenue", "average_ticket", "win_rate"),
    "activities": ("contacts", "meetings_held", "completion", "on_time"),
}
"""The figures of a model that stand beside each other, so that they share their questions."""


def kpi(model: str, measure: str, title: Any, caution: Any = "") -> KpiCard:
    return KpiCard(
        slug=f"{model}-{measure.replace('_', '-')}",
        title=title,
        measures=(measure,),
        model=model,
        among=AMONG[model],
        bases=BASES,
        daily_measures=AMONG[model],
        caution=caution,
        marks=marks.lines,
        compared=BASES,
    )
