"""Goals of a month: of everybody or one seller, in all channels or one. They are typed or imported, never reckoned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.models import Goal
from farol.areas.crm.planning.rebuilding import ask_for_rebuild
from farol.core import clock
from farol.core.errors import BadInput
from farol.platform import audit
from farol.platform.accounts.principal import Principal

RIGHT = "goals.manage"
MOST_COUNT = 10_000_000
LONGEST_NUMBER = 80


@dataclass(frozen=True)
class GoalValues:
    """What a month should bring: revenue in reais, numbers of won deals and of new leads; None where nothing is set."""

    revenue: Decimal | None = None
    won: int | None = None
    leads: int | None = None

    @property
    def empty(self) -> bool:
        return self.revenue is None and self.won is None and self.leads is None


def set_goal(
    month: dt.date, responsible_id: str, channel: str, values: GoalValues, principal: Principal
) -> Goal | None:
    """Set or replace a goal; without any value it is taken away. `responsible_id` and `channel` may be empty.

    `NotAllowed` without the right, `BadInput` naming the field for values that make no sense.
    """
    principal.require(RIGHT)
    _check(responsible_id, channel, values)
    key = {"month": month.replace(day=1), "responsible_id": responsible_id, "channel": channel}
    with transaction.atomic():
        goal = None
        if values.empty:
            Goal.objects.filter(**key).delete()
        else:
            written = {"revenue": values.revenue, "won": values.won, "leads": values.leads}
            changed = {"changed_at": clock.now(), "changed_by": principal.user}
            goal, _created = Goal.objects.update_or_create(**key, defaults={**written, **changed})
        params = {
            "month": f"{month:%Y-%m}",
            "revenue": None if values.revenue is None else str(values.revenue),
            "won": values.won,
            "leads": values.leads,
        }
        target = " ".join(part for part in (responsible_id, channel) if part) or "crm"
        audit.record(principal, "crm.goal_set", target=target, params=params)
        ask_for_rebuild("goals")
    return goal


def _check(responsible_id: str, channel: str, values: GoalValues) -> None:
    if channel and channel not in CHANNELS:
        raise BadInput("channel", _("There is no such channel."))
    if len(responsible_id) > LONGEST_NUMBER or "\0" in responsible_id:
        raise BadInput("responsible_id", _("There is no such seller."))
    if values.revenue is not None and values.revenue <= 0:
        raise BadInput("revenue", _("A goal is above zero."))
    for name, count in (("won", values.won), ("leads", values.leads)):
        if count is not None and not 0 < count <= MOST_COUNT:
            raise BadInput(name, _("A goal is above zero."))
