"""The forecast of a month from the end of one of its days: goal, gap, risk and what to do beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from farol.areas.crm import people
from farol.areas.crm.boards.records import Records, open_records
from farol.areas.crm.forecasting import actions, goals
from farol.areas.crm.forecasting.contest import Contest, contest
from farol.areas.crm.forecasting.estimates import TARGETS, Estimate
from farol.areas.crm.forecasting.past import Known, known
from farol.areas.crm.forecasting.spans import DAY
from farol.core.errors import Unavailable
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.calendar import default

RISKS = ((30, "critical"), (20, "high"), (10, "medium"), (0, "low"))  # the gap in percent of the goal, from above


@dataclass(frozen=True)
class Target:
    """One figure of the month: money in centavos, else pieces. Without a goal, gap, pace and risk are None."""

    so_far: float
    found: Estimate
    goal: float | None
    days_left: int

    @property
    def gap(self) -> float | None:
        """What is missing to the goal; negative where the forecast lies above it."""
        return None if self.goal is None else self.goal - self.found.value

    @property
    def needed_per_day(self) -> float | None:
        """What each business day that is left must bring to reach the goal."""
        return None if self.goal is None or not self.days_left else max(0.0, self.goal - self.so_far) / self.days_left

    @property
    def risk(self) -> str | None:
        if not self.goal or self.gap is None:
            return None
        share = self.gap * 100 / self.goal
        return next((name for least, name in RISKS if share > least), "none")


@dataclass(frozen=True)
class Outlook:
    """What was known at the end of `as_of` about its month, which begins on `month`."""

    as_of: dt.date
    month: dt.date
    data_version: str
    complete_until: dt.date
    known: Known
    contest: Contest
    targets: Mapping[str, Target]
    actions: Sequence[actions.Action]


def outlook(asked: dt.date | None, principal: Principal, where: Mapping[str, Sequence[str]] | None = None) -> Outlook:
    """As of a day (None, or a later one: the last complete one), over the rows that the person may see and filtered.

    `NotAllowed` without the right to the dashboard; `Unavailable` without complete data, or before they begin.
    """
    with open_records(principal, where) as records:
        complete = records.reader.complete_until
        if complete is None:
            raise Unavailable(_("No day of the commercial data is complete yet."), code="no_data")
        as_of = min(asked or complete, complete)
        return looked(records, as_of, complete, _goal(as_of, principal, bool(where)))


def of_goals(found: Outlook) -> dict[str, Outlook]:
    """The same month of each seller and channel that has a goal in it, as far as there are data of them."""
    others = {}
    for subject in goals.subjects(found.month):
        with suppress(Unavailable):
            others[subject] = outlook(found.as_of, SYSTEM, goals.rows_of(subject))
    return others


def _goal(as_of: dt.date, principal: Principal, filtered: bool) -> goals.MonthGoal:
    """Filters leave no goal that would fit what they show."""
    own = people.own_rows(principal).get("responsible_id")
    return goals.MonthGoal() if filtered else goals.goal_of(as_of.replace(day=1), own)


def looked(records: Records, as_of: dt.date, complete: dt.date, goal: goals.MonthGoal) -> Outlook:
    """The outlook of one day, which is complete, against a goal."""
    facts = known(records, as_of)
    if not facts.leads:
        raise Unavailable(_("There are no commercial data up to %(day)s.") % {"day": as_of.isoformat()}, code="no_data")
    judged = contest(facts, default())
    look = judged.look
    left = look.weights.business_days(as_of + DAY, look.last)
    targets = {name: Target(look.so_far(name), judged.best(name), getattr(goal, name), left) for name in TARGETS}
    found = actions.actions(records, judged, targets["revenue"], goal)
    return Outlook(as_of, look.first, records.reader.version, complete, facts, judged, targets, found)


def money(centavos: float) -> Decimal:
    """Centavos worked out in floats as reais with two decimals."""
    return Decimal(round(centavos)).scaleb(-2)
