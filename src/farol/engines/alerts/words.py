"""Alerts in plain sentences, in the reader's language, from what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.engines.alerts.models import STALE, AlertCase
from farol.engines.alerts.rules import Condition, Rules, all_rules, rules_for
from farol.engines.metrics.model import Measure, SemanticModel, Unit
from farol.platform.calendar import default

BRIEF = 10_000  # from here on a sentence rounds


def area_label(area: str) -> str:
    rules = all_rules().get(area)
    return str(rules[0].label) if rules else area


def rules_behind(case: AlertCase) -> Rules:
    return rules_for(case.area, case.rule)


def measure_of(case: AlertCase) -> Measure | None:
    """None where the case is about no figure: data that stopped, a condition."""
    rules = rules_behind(case)
    return None if isinstance(rules, Condition) else rules.semantic_model.measures_by_name.get(case.measure)


def segment_name(model: SemanticModel, segment: Mapping[str, Any]) -> str:
    """`Product Pix · Entity PJ`; the whole has a name too."""
    parts = []
    for name, value in segment.items():
        dimension = model.dimensions_by_name.get(name)
        label = str(dimension.label) if dimension else name
        parts.append(f"{label} {dimension.values.get(value, value) if dimension else value}")
    return " · ".join(parts) or _("everything together")


def brief(measure: Measure | None, value: Any) -> str:
    """A stored figure short enough for a sentence: `R$ 17,6 mi`."""
    if value is None or measure is None:
        return formats.NONE
    number = Decimal(str(value))
    if abs(number) < BRIEF or measure.unit is Unit.PERCENT:
        return shown(measure, value)
    return formats.compact_brl(number) if measure.unit is Unit.BRL else formats.compact(number)


def shown(measure: Measure | None, value: Any, *, sign: bool = False) -> str:
    """A stored figure as people read it."""
    if value is None or measure is None:
        return formats.NONE
    number = Decimal(str(value))
    if measure.unit is Unit.BRL:
        return formats.signed_brl(number) if sign else formats.brl(number)
    if measure.unit is Unit.NUMBER:
        text = formats.number(number, 1)
    else:
        text = formats.percent(number) if measure.unit is Unit.PERCENT else formats.number(number)
    return f"+{text}" if sign and number > 0 else text


def title(case: AlertCase) -> str:
    """What happened where, in one line: the name of the case."""
    if case.kind == STALE:
        return _("%(area)s: the data stopped") % {"area": area_label(case.area)}
    rules = rules_behind(case)
    if isinstance(rules, Condition):
        return rules.headline(case.evidence)
    where, measure = segment_name(rules.semantic_model, case.segment), measure_of(case)
    label = str(measure.label) if measure else case.measure
    if case.kind == "vanished":
        return _("%(measure)s of %(segment)s vanished") % {"measure": label, "segment": where}
    if case.kind == "new":
        return _("%(segment)s is new") % {"segment": where}
    change = change_of(case)
    sentence = _("%(measure)s of %(segment)s fell %(change)s")
    if case.direction == "up":
        sentence = _("%(measure)s of %(segment)s rose %(change)s")
    return sentence % {"measure": label, "segment": where, "change": change}


def change_of(case: AlertCase) -> str:
    """How far from the expected, in percent of it."""
    delta, expected = case.figure("delta"), case.figure("expected")
    if delta is None or not expected or not Decimal(str(expected)):
        return formats.NONE
    return formats.percent(abs(Decimal(str(delta)) * 100 / Decimal(str(expected))))


def sentence(case: AlertCase) -> str:
    """What was seen beside what was expected, how unusual it is and since when."""
    if case.kind == STALE:
        until = case.evidence.get("complete_until")
        last = formats.date(dt.date.fromisoformat(until)) if until else _("never")
        return _("No complete data since %(last)s. Nothing after that day is judged.") % {"last": last}
    rules = rules_behind(case)
    if isinstance(rules, Condition):
        return rules.sentence(case.evidence)
    measure = measure_of(case)
    figures = {name: brief(measure, case.figure(name)) for name in ("observed", "expected", "low", "high")}
    day = {"day": default().describe(case.last_day) + " " + formats.date(case.last_day)}
    if case.kind == "new":
        return _("On %(day)s it brought %(observed)s; it had brought nothing in the four weeks before.") % {
            **figures,
            **day,
        }
    days = case.evidence.get("days", 1)
    said = _("On %(day)s: %(observed)s, where %(expected)s was expected (%(low)s to %(high)s).")
    if days > 1:
        said = _(
            "In the %(days)s days until %(day)s: %(observed)s, where %(expected)s was expected (%(low)s to %(high)s)."
        )
    parts = [
        said % {**figures, **day, "days": days},
        unusual(case),
        since(case),
    ]
    return " ".join(part for part in parts if part)


def unusual(case: AlertCase) -> str:
    score = case.figure("score")
    if score is None or case.kind != "level":
        return ""
    return _("That is %(times)s times the usual variation.") % {"times": formats.number(Decimal(str(abs(score))), 1)}


def since(case: AlertCase) -> str:
    if case.days <= case.evidence.get("days", 1):
        return ""
    return _("It has lasted %(days)s days, since %(first)s.") % {
        "days": case.days,
        "first": formats.date(case.first_day),
    }
