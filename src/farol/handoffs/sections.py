"""Parts of the pages of cases that come from elsewhere: what the case cost, and which warranty goods may belong to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.models import Triage
from farol.core import formats
from farol.engines import ledger
from farol.engines.workflow import links
from farol.engines.workflow.models import PendingHandoff
from farol.engines.workflow.module import Section, get_module
from farol.handoffs import matching
from farol.platform.accounts.principal import Principal


def choice(triage: Triage, principal: Principal) -> dict[str, Any] | None:
    """Cases to choose from, for goods that could not be connected by themselves."""
    module = get_module("warranties")
    if not principal.may("triage.work") or not principal.may(module.view) or matching.connected(triage):
        return None
    cases = [(case, module.url(case), case.state) for case in matching.candidates(triage)]
    return {"triage": triage, "cases": cases}


PENDING = {
    "dispute": _("A dispute will be opened, to be answered until %(deadline)s"),
    "stock_receipt": _("%(quantity)s × %(sku)s will enter the stock"),
}


def pending(triage: Triage, principal: Principal) -> dict[str, Any] | None:
    """Effects on modules that do not exist here yet, in words."""
    found = [_words(row) for row in links.pending(triage.reference)]
    return {"pending": found} if found else None


def _words(row: PendingHandoff) -> str:
    values = dict(row.data)
    if day := values.get("deadline"):
        values["deadline"] = formats.date(dt.date.fromisoformat(day))
    return str(PENDING.get(row.kind, row.kind)) % values


def printed(context: dict[str, Any]) -> list[tuple[str, ...]]:
    """The result of a case on paper."""
    rows = [(str(label), formats.signed_brl(amount)) for label, amount in context["lines"]]
    return [*rows, (gettext("Result of the case"), formats.signed_brl(context["total"]))]


RESULT = Section(
    "result", _("Result of the case"), "ledger/case_result.html", ledger.section, side=True, printed=printed
)
SECTIONS = [
    ("warranties", RESULT),
    ("triage", RESULT),
    ("triage", Section("pending", _("Waits for its module"), "handoffs/pending.html", pending)),
    ("triage", Section("warranty", _("Which warranty?"), "handoffs/choice.html", choice)),
]
