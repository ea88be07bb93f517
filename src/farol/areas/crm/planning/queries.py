"""What others read of goals, marketing spend and marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from farol.areas.crm.models import Goal, Mark, Spend
from farol.core.money import split, to_centavos

SpendDay = tuple[dt.date, str, str, str, str, str, int]
"""Day, channel, source, UTM source, medium and campaign, centavos."""


def goals_of(month: dt.date) -> list[Goal]:
    """The goals of the month that the day `month` lies in."""
    return list(Goal.objects.filter(month=month.replace(day=1)))


def spend_rows() -> Iterator[SpendDay]:
    """All marketing spend by day; the days of an entry add up to its amount exactly."""
    for spend in Spend.objects.order_by("id").iterator():
        days = [spend.first + dt.timedelta(days=i) for i in range((spend.last - spend.first).days + 1)]
        named = (spend.channel, spend.source, spend.utm_source, spend.utm_medium, spend.utm_campaign)
        for day, amount in zip(days, split(spend.amount, [1] * len(days)), strict=True):
            yield (day, *named, to_centavos(amount))


def marks() -> dict[str, Mark]:
    """All marks by name."""
    return {mark.name: mark for mark in Mark.objects.all()}
