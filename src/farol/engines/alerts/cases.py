"""Services: alerts become cases, lasting ones go on, sleeping ones wake, silent sources speak."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from farol.core import ids
from farol.core.errors import Unavailable
from farol.engines.alerts import output
from farol.engines.alerts.detection import detect
from farol.engines.alerts.findings import Alert, Status
from farol.engines.alerts.judgement import Detection
from farol.engines.alerts.models import CONDITION, STALE, AlertCase
from farol.engines.alerts.rules import AreaRules, Condition, Rules, WeekRules
from farol.engines.warehouse import open_reader
from farol.engines.workflow import run, start
from farol.platform.accounts.principal import SYSTEM

GAP = 2  # days without the alert after which a judged one is a new one


def judge(rules: Rules, day: dt.date) -> list[AlertCase]:
    """The cases of one day, new or going on. Refuses like `detect`."""
    if isinstance(rules, Condition):
        return check(rules, day)
    return list(record(rules, detect(rules, day, SYSTEM)).values())


def record(rules: AreaRules | WeekRules, detection: Detection, rule: str = "") -> dict[Alert, AlertCase]:
    """The case of every alert that stands for itself, new or going on; `rule` is the first of the rules' names unless
    told. Repeating it changes nothing."""
    with transaction.atomic():
        return {a: _case(rules, rule or rules.names[0], a) for a in detection.alerts if a.status is Status.NEW}


def check(condition: Condition, day: dt.date) -> list[AlertCase]:
    """The case of everything that the condition finds to hold at the end of `day`."""
    with transaction.atomic():
        return [
            _open_or_last(
                area=condition.area,
                rule=condition.name,
                kind=CONDITION,
                measure="",
                direction="down",
                segment=dict(held.subject),
                day=day,
                since=day,
                impact=held.impact,
                evidence=dict(held.params),
            )
            for held in condition.find(day)
        ]


def _case(rules: Rules, rule: str, alert: Alert) -> AlertCase:
    evidence = output.row(alert)
    return _open_or_last(
        area=rules.area,
        rule=rule,
        kind=alert.kind.value,
        measure=alert.measure.name,
        direction=alert.direction,
        segment=evidence["segment"],
        day=alert.date,
        since=alert.since,
        impact=alert.impact,
        evidence=evidence,
    )


def _open_or_last(*, day: dt.date, since: dt.date, evidence: dict[str, Any], impact: Any, **what: Any) -> AlertCase:
    """The case that covers `day`, brought up to date where it is the newest day or follows on it, or a new one."""
    key = _key(what)
    latest = AlertCase.objects.filter(key=key, first_day__lte=day).order_by("-last_day", "-id").first()
    if latest and (day < latest.last_day or (day == latest.last_day and latest.evidence == evidence)):
        return latest
    if latest and (latest.status != "closed" or (day - latest.last_day).days <= GAP):
        return run(latest, "last", SYSTEM, data={"last_day": day, "evidence": evidence, "impact": impact})
    later = AlertCase.objects.filter(key=key, first_day__gt=day).order_by("first_day").first()
    if later and later.status != "closed":
        return later  # an older day judged afterwards: what it would open is open already
    return start(
        AlertCase(key=key, first_day=min(since, day), last_day=day, evidence=evidence, impact=impact, **what), SYSTEM
    )


def _key(what: dict[str, Any]) -> str:
    segment = ";".join(f"{name}={what['segment'][name]}" for name in sorted(what["segment"]))
    parts = (what["area"], what["rule"], what["measure"], what["direction"], segment)
    return ids.short_code("|".join(parts), length=26)


def wake_due(today: dt.date) -> int:
    """Open again what was to sleep until today; how many."""
    due = AlertCase.objects.filter(status="snoozed", snoozed_until__lte=today)
    return len([run(case, "wake", SYSTEM) for case in due])


def check_silence(rules: Rules, today: dt.date) -> AlertCase | None:
    """An alert where the data of yesterday are missing: a page that just stays still tells nobody."""
    until = _complete_until(rules)
    yesterday = today - dt.timedelta(days=1)
    if until and until >= yesterday:
        return None
    evidence = {"date": yesterday.isoformat(), "complete_until": until.isoformat() if until else None}
    since = min(until + dt.timedelta(days=1), yesterday) if until else yesterday
    with transaction.atomic():
        return _open_or_last(
            area=rules.area,
            rule=STALE,
            kind=STALE,
            measure="",
            direction="down",
            segment={},
            day=yesterday,
            since=since,
            impact=None,
            evidence=evidence,
        )


def _complete_until(rules: Rules) -> dt.date | None:
    try:
        with open_reader(rules.dataset) as reader:
            return reader.complete_until
    except Unavailable:
        return None
