"""What others read of goals and marks."""

from __future__ import annotations

import datetime as dt

from farol.areas.crm.models import Goal, Mark


def goals_of(month: dt.date) -> list[Goal]:
    """The goals of the month that the day `month` lies in."""
    return list(Goal.objects.filter(month=month.replace(day=1)))


def marks() -> dict[str, Mark]:
    """All marks by name."""
    return {mark.name: mark for mark in Mark.objects.all()}
