"""The one calculation behind screen, report and command line: which segments left their expected range on a day."""

from __future__ import annotations

import datetime as dt

from farol.engines.alerts.judgement import Detection, judge, judge_classically
from farol.engines.alerts.pull import load
from farol.engines.alerts.rules import AreaRules
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import default

JUDGES = {"expected": judge, "classic": judge_classically}


def detect(rules: AreaRules, day: dt.date, principal: Principal, rule: str = "expected") -> Detection:
    """Judge one day of an area with the rights of `principal`.

    `rule` is `expected`, or `classic`: the rule of the system replaced. `NotAllowed` without the right to the figures,
    `Refused` (`no_data`) where they do not reach `day`, `Unavailable` while nothing was published.
    """
    return JUDGES[rule](load(rules, day, principal), rules, default())
