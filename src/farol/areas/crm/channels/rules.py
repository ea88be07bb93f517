"""What a channel rule is: a test of one field (and others besides) that names source and channel of a lead.

Rules stand in order; the first that holds decides. A lead that none fits is `unclassified`.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.measuring.common import CHANNELS
from farol.core.errors import BadInput
from farol.engines.warehouse import pattern_holds

Rule = dict[str, Any]
UNCLASSIFIED = "unclassified"
UNKNOWN_SOURCE = "Não especificado"
FIELDS = {
    "origin": gettext_lazy("Field “Origem Lead”"),
    "utm_source": "utm_source",
    "utm_medium": "utm_medium",
    "utm_campaign": "utm_campaign",
    "utm_content": "utm_content",
    "utm_term": "utm_term",
    "utm_referrer": "utm_referrer",
    "referrer": gettext_lazy("Referring page"),
    "gclid": "gclid",
    "fbclid": "fbclid",
    "gclientid": "gclientid",
    "source_name": gettext_lazy("Source in the CRM"),
    "pipeline": gettext_lazy("Pipeline"),
    "tag": gettext_lazy("Tag"),
    "name": gettext_lazy("Name of the lead"),
    "product": gettext_lazy("Product"),
}
TESTS = {
    "equals": gettext_lazy("is"),
    "one_of": gettext_lazy("is one of"),
    "contains": gettext_lazy("contains"),
    "starts": gettext_lazy("starts with"),
    "matches": gettext_lazy("matches the pattern"),
    "present": gettext_lazy("is filled in"),
}
LONGEST = 200
MOST = 100


def checked(rules: list[Rule]) -> list[Rule]:
    """The rules in their one form; `BadInput` naming the first rule that is wrong. An empty id gets a free one."""
    if len(rules) > MOST:
        raise BadInput("rules", _("At most %(most)s rules.") % {"most": MOST})
    taken = {str(rule.get("id", "")) for rule in rules}
    free = (f"r{n:02d}" for n in range(1, 2 * MOST + 2) if f"r{n:02d}" not in taken)
    made = [_checked(rule, n) | {"id": str(rule.get("id") or next(free))[:20]} for n, rule in enumerate(rules, 1)]
    if len({rule["id"] for rule in made}) < len(made):
        raise BadInput("rules", _("Two rules have the same id."))
    return made


def _checked(rule: Rule, number: int) -> Rule:
    source = str(rule.get("source", "")).strip()
    if not source or len(source) > 60:
        raise _wrong(number, _("a source of at most 60 letters is needed"))
    if rule.get("channel") not in CHANNELS or rule["channel"] == UNCLASSIFIED:
        raise _wrong(number, _("the channel is not known"))
    if len(rule.get("and", ())) > 1:
        raise _wrong(number, _("one more test at most"))
    tests = [_test(part, number) for part in (rule, *rule.get("and", ()))]
    kept = {"source": source, "channel": rule["channel"], "note": str(rule.get("note", ""))[:LONGEST]}
    return {**tests[0], "and": tests[1:], **kept}


def _test(part: Rule, number: int) -> Rule:
    field, test, value = part.get("field"), part.get("test"), part.get("value", "")
    if field not in FIELDS or test not in TESTS:
        raise _wrong(number, _("the field or the test is not known"))
    if test == "present":
        return {"field": field, "test": test, "value": ""}
    if test == "one_of":
        parts = value if isinstance(value, list) else str(value).split(",")
        values = [str(v).strip() for v in parts if str(v).strip()]
        if not values or any(len(v) > LONGEST for v in values):
            raise _wrong(number, _("a value is missing or too long"))
        return {"field": field, "test": test, "value": values}
    text = str(value).strip()
    if not text or len(text) > LONGEST:
        raise _wrong(number, _("a value is missing or too long"))
    if test != "matches" and not re.search(r"\w", text):
        raise _wrong(number, _("the value has neither letters nor digits"))
    if test == "matches" and not pattern_holds(text):
        raise _wrong(number, _("the pattern cannot be read"))
    return {"field": field, "test": test, "value": text}


def _wrong(number: int, what: str) -> BadInput:
    return BadInput("rules", _("Rule %(number)s: %(what)s.") % {"number": number, "what": what})
