"""One lead with all that is known of it: facts, the rule that classified it, its stages, its activities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.boards.records import Record, open_records
from farol.areas.crm.channels.defaults import DEFAULTS
from farol.areas.crm.channels.rules import FIELDS, TESTS, Rule
from farol.areas.crm.models import RuleSet
from farol.core import formats
from farol.core.errors import NotFound
from farol.core.money import from_centavos
from farol.platform.accounts.principal import Principal

MOST_ACTIVITIES = 200
LEAD = """
SELECT connection_id, lead_id, name, status, responsible_id, responsible, team, channel, source, utm_source, utm_medium,
    utm_campaign, pipeline, stage, loss_reason, product, created_at, closed_at, first_response_at, last_touch_at,
    last_inbound_at, value_centavos, rule, rule_version, tags, activities, tasks_open, tasks_overdue, response_seconds,
    business_response_seconds, cycle_days
FROM lead WHERE connection_id = ? AND lead_id = ? AND {seen}
"""
WAY = """
SELECT pipeline, stage, entered_at, left_at, seconds, is_final, is_current, responsible FROM stage_interval
WHERE connection_id = ? AND lead_id = ? ORDER BY "interval"
"""
ACTIVITIES = """
SELECT "at", kind, responsible, due_at, completed_at, completed, on_time, overdue FROM activity
WHERE connection_id = ? AND lead_id = ? ORDER BY "at" DESC LIMIT 200
"""
STATES = {
    "open": (gettext_lazy("Open deal"), "info"),
    "won": (gettext_lazy("Won deal"), "success"),
    "lost": (gettext_lazy("Lost deal"), "danger"),
}
HOUR = 3600


def find_lead(principal: Principal, connection_id: str, lead_id: str) -> Record:
    """The lead with `way` (its stages) and `log` (its activities, newest first).

    `NotFound` alike for an unknown lead and for one that the person may not see.
    """
    with open_records(principal) as records:
        found = records.ask(LEAD, connection_id, lead_id)
        if not found:
            raise NotFound("")
        way = records.ask(WAY, connection_id, lead_id)
        log = records.ask(ACTIVITIES, connection_id, lead_id)
    return {**_told(found[0]), "way": [_told(row) for row in way], "log": [_told(row) for row in log]}


def _told(row: Record) -> Record:
    """Amounts in reais, instants with their zone."""
    return {name.removesuffix("_centavos"): _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC)
    return from_centavos(value) if name.endswith("_centavos") and value is not None else value


def lasted(seconds: int | None) -> str:
    """A duration as people say it: minutes, from an hour on hours, from two days on days; empty for None."""
    if seconds is None:
        return ""
    if seconds < HOUR:
        return _("%(n)s min") % {"n": formats.number(seconds // 60)}
    if seconds < 48 * HOUR:
        return _("%(n)s h") % {"n": formats.number(seconds / HOUR, 1)}
    return _("%(n)s days") % {"n": formats.number(seconds / (24 * HOUR), 1)}


def classified_by(rule_id: str, version: int | None) -> str:
    """What the rule that named a lead's channel asks for, in words; empty where none held."""
    if version == 0:
        rules: list[Rule] = DEFAULTS
    else:
        rules = RuleSet.objects.filter(number=version).values_list("rules", flat=True).first() or []
    places = {rule["id"]: (place, rule) for place, rule in enumerate(rules, 1)}
    if rule_id not in places:
        return ""
    place, rule = places[rule_id]
    tests = _(" and ").join(_tested(part) for part in (rule, *rule["and"]))
    return _("rule %(place)s: %(tests)s") % {"place": place, "tests": tests}


def _tested(part: Rule) -> str:
    value = ", ".join(part["value"]) if isinstance(part["value"], list) else part["value"]
    said = f"{FIELDS[part['field']]} {TESTS[part['test']]}"
    return f"{said} “{value}”" if value else said
