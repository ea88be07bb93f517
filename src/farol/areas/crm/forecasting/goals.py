"""The goal of a month: what people set, never what was reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from farol.areas.crm.models import Goal
from farol.core.money import to_centavos

CHANNEL = "channel:"


@dataclass(frozen=True)
class MonthGoal:
    """`revenue` in centavos, `won` and `leads` in pieces; None where nothing was set. `sellers` has the revenue that
    each seller was set, in centavos."""

    revenue: float | None = None
    won: float | None = None
    leads: float | None = None
    sellers: Mapping[str, float] = field(default_factory=dict)


def subjects(month: dt.date) -> list[str]:
    """The sellers and channels that have a goal in a month, as a kept forecast names them (see `subject_of`)."""
    rows = Goal.objects.filter(month=month).values_list("responsible_id", "channel")
    return sorted({subject_of(*row) for row in rows if bool(row[0]) != bool(row[1])})


def subject_of(responsible_id: str, channel: str) -> str:
    """Of one seller, of one channel, or empty: of everybody."""
    return f"{CHANNEL}{channel}" if channel else responsible_id


def rows_of(subject: str) -> dict[str, tuple[str, ...]]:
    """The filter that leaves the rows of a subject."""
    if subject.startswith(CHANNEL):
        return {"channel": (subject.removeprefix(CHANNEL),)}
    return {"responsible_id": (subject,)} if subject else {}


def goal_of(month: dt.date, own: Sequence[str] | None = None) -> MonthGoal:
    """The goal of everybody, or of the sellers `own`; where none was set for everybody, what sellers add up to."""
    rows = list(Goal.objects.filter(month=month, channel=""))
    if own is None:
        wanted = [row for row in rows if not row.responsible_id] or [row for row in rows if row.responsible_id]
    else:
        wanted = [row for row in rows if row.responsible_id in own]
    sellers = {
        row.responsible_id: float(to_centavos(row.revenue))
        for row in rows
        if row.responsible_id and row.revenue and (own is None or row.responsible_id in own)
    }
    revenue = [float(to_centavos(row.revenue)) for row in wanted if row.revenue is not None]
    won = [float(row.won) for row in wanted if row.won is not None]
    leads = [float(row.leads) for row in wanted if row.leads is not None]
    return MonthGoal(
        sum(revenue) if revenue else None, sum(won) if won else None, sum(leads) if leads else None, sellers
    )
