"""The marks that an installation begins with; people change them, nothing here does it again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.apps import apps as installed
from django.db import DEFAULT_DB_ALIAS

MARKS = (
    ("win_rate", "value", "gt", "25", "percent"),
    ("average_ticket", "value", "gt", "5000", "brl"),
    ("first_response_hours", "mean", "lt", "2", "hours"),
    ("completion", "value", "gt", "80", "percent"),
    ("cycle_days", "mean", "lt", "30", "days"),
    ("cost_per_lead", "value", "lt", "200", "brl"),
    ("roi", "value", "gt", "300", "percent"),
)


def seed_marks(sender: Any = None, using: str = DEFAULT_DB_ALIAS, apps: Any = None, **_signal: Any) -> None:
    """Make those that are missing; runs after every migration, whose state `apps` is."""
    try:
        marks = (apps or installed).get_model("crm", "Mark").objects.using(using)
    except LookupError:  # migrated back to before the table existed
        return
    there = set(marks.values_list("name", flat=True))
    marks.bulk_create(
        marks.model(
            name=name, measure=name, statistic=statistic, comparison=comparison, value=Decimal(value), unit=unit
        )
        for name, statistic, comparison, value, unit in MARKS
        if name not in there
    )
