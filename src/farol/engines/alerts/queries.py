"""What people ask about alerts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from farol.core.errors import NotFound
from farol.engines.alerts import courses, weeks
from farol.engines.alerts.models import STALE, AlertCase
from farol.engines.alerts.rules import AreaRules, WeekRules, rules_for, visible_areas
from farol.engines.metrics import Period, Query, run
from farol.engines.metrics.expected import MEMORY, expected
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import default

AFTER = 14  # days shown after the alert's last one
BEFORE = 42


def cases_for(principal: Principal) -> QuerySet[AlertCase]:
    """The cases of the areas whose figures the person may see."""
    areas = visible_areas(principal) if principal.may("alerts.view") else []
    return AlertCase.objects.filter(area__in=areas).select_related("assignee")


def case_for(principal: Principal, pk: int) -> AlertCase:
    """`NotFound` for an unknown case and for one of an area that the person may not see alike."""
    case = cases_for(principal).filter(pk=pk).first()
    if case is None:
        raise NotFound(_("There is no such alert."))
    return case


def by_weight(cases: QuerySet[AlertCase]) -> QuerySet[AlertCase]:
    """The latest first, those of one day by the money they are about."""
    return cases.order_by("-last_day", Abs("impact").desc(nulls_last=True), "-pk")


@dataclass(frozen=True)
class Precision:
    """How the alerts of one rule ended."""

    area: str
    rule: str
    useful: int
    noise: int

    @property
    def title(self) -> Any:
        """What the rule is called."""
        return _("Data that stopped") if self.rule == STALE else rules_for(self.area, self.rule).title

    @property
    def judged(self) -> int:
        return self.useful + self.noise

    @property
    def percent(self) -> float:
        return 100 * self.useful / self.judged


def precision(principal: Principal) -> list[Precision]:
    """Of the alerts judged so far, how many were worth sounding; rules nobody judged are left out."""
    verdicts = (
        cases_for(principal)
        .order_by()
        .values("area", "rule")
        .annotate(useful=Count("pk", filter=Q(verdict="useful")), noise=Count("pk", filter=Q(verdict="noise")))
    )
    rows = [Precision(**row) for row in verdicts.order_by("area", "rule")]
    return [row for row in rows if row.judged]


@dataclass(frozen=True)
class Point:
    """One day of the history (or the span that ends on it), in the unit people read (reais, counts, percent); None
    where it is unknown."""

    day: dt.date
    observed: float | None
    expected: float | None
    low: float | None
    high: float | None


def history(case: AlertCase, principal: Principal) -> list[Point]:
    """The days round the case: what came and what each could have been expected to bring, from the days before it.

    Of a rule of weeks, the days judged and the same ones of the weeks before, with what those let expect."""
    rules = rules_for(case.area, case.rule)
    if isinstance(rules, WeekRules):
        return _weeks(rules, case, principal)
    assert isinstance(rules, AreaRules)  # noqa: S101 - a condition has no history
    first, last = case.last_day - dt.timedelta(days=BEFORE), case.last_day + dt.timedelta(days=AFTER)
    observed = _observed(rules, case, Period(first - dt.timedelta(days=MEMORY), last), principal)
    seen = [day for day in observed if observed[day] is not None]
    shown = [first + dt.timedelta(days=i) for i in range((min(last, max(seen, default=first)) - first).days + 1)]
    if case.last_day not in shown:
        shown.append(case.last_day)
    told = expected({day: value for day in seen if (value := observed[day]) is not None}, shown, default())
    return [Point(d, observed.get(d), told[d].value, told[d].low, told[d].high) for d in shown]


def _weeks(rules: WeekRules, case: AlertCase, principal: Principal) -> list[Point]:
    measure, segment = rules.semantic_model.measure(case.measure), tuple(case.segment.items())
    where = {name: (value,) for name, value in segment}
    span = courses.read(rules, case.last_day, case.evidence.get("days", 1), principal, where)
    course = span.courses.get((), [{}])
    usual = weeks.usual(course, measure, span.worth)
    known = (usual.expected, usual.low, usual.high) if usual else (None, None, None)
    days = [case.last_day - dt.timedelta(weeks=back) for back in range(len(course))]
    points = [Point(day, weeks.observed_of(values, measure), *known) for day, values in zip(days, course, strict=True)]
    return points[::-1]


def _observed(rules: AreaRules, case: AlertCase, period: Period, principal: Principal) -> dict[dt.date, float | None]:
    where = {name: (value,) for name, value in case.segment.items()}
    result = run(Query(rules.model, (case.measure,), ("day",), where, period), principal)
    return {row["day"]: None if row[case.measure] is None else float(row[case.measure]) for row in result.rows}


def assignable(case: AlertCase) -> list[tuple[int, str]]:
    """People who may see this alert, by name; their roles are read at once."""
    needed = {"alerts.view", rules_for(case.area, case.rule).permission}
    people = User.objects.filter(is_active=True).prefetch_related("roles").order_by("name", "pk")
    return [(user.pk, str(user)) for user in people if needed <= {r for role in user.roles.all() for r in role.rights}]
