"""The one calculation behind screen, report and command line: which segments left their expected range on a day."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from farol.core.errors import NotFound
from farol.engines.alerts import courses, weeks
from farol.engines.alerts.judgement import Detection, judge, judge_classically
from farol.engines.alerts.pull import load, no_data
from farol.engines.alerts.rules import AreaRules, Condition, WeekRules, rules_of
from farol.engines.warehouse import open_reader
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import default

JUDGES = {"expected": judge, "classic": judge_classically}


def watching(area: str, rule: str = "expected") -> list[AreaRules | WeekRules]:
    """What judges the figures of an area; only what knows it, if `rule` is `classic`. `NotFound` without any."""
    found = [rules for rules in rules_of(area) if not isinstance(rules, Condition)]
    if rule != "classic":
        return found
    if not (ranges := [rules for rules in found if isinstance(rules, AreaRules)]):
        raise NotFound(_("The rule “classic” knows nothing of “%(area)s”.") % {"area": area})
    return [*ranges]


def detect(rules: AreaRules | WeekRules, day: dt.date, principal: Principal, rule: str = "expected") -> Detection:
    """Judge one day of an area with the rights of `principal`.

    `rule` is `expected`, or `classic`: the rule of the system replaced, of which `WeekRules` know nothing. `NotAllowed`
    without the right to the figures, `Refused` (`no_data`) where they do not reach `day`, `Unavailable` while nothing
    was published.
    """
    if isinstance(rules, WeekRules):
        return _weeks(rules, day, principal)
    return JUDGES[rule](load(rules, day, principal), rules, default())


def _weeks(rules: WeekRules, day: dt.date, principal: Principal) -> Detection:
    with open_reader(rules.dataset) as reader:
        version, until = reader.version, reader.complete_until
    if until is None or day > until:
        raise no_data(day, until)
    alerts, tested = weeks.judge(rules, day, [courses.read(rules, day, days, principal) for days in rules.spans])
    return Detection(day, version, tuple(alerts), tested)
