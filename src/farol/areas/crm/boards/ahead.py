"""Module 6: what the month will bring, and the growth it continues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.engines.dashboards.board import Row
from farol.engines.dashboards.cards import MonthsCard

FORECAST = (
    Row(
        (
            MonthsCard(
                slug="lead-months",
                title=_("How do leads grow from month to month?"),
                measures=("leads", "conversion"),
                width=12,
            ),
        ),
        _("6 · Forecast and growth"),
    ),
)
