"""Parts of the pages of cases that come from elsewhere: what the case cost, and which warranty goods may belong to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.models import Triage
from farol.engines import ledger
from farol.engines.workflow.module import Section, get_module
from farol.handoffs import matching
from farol.platform.accounts.principal import Principal


def choice(triage: Triage, principal: Principal) -> dict[str, Any] | None:
    """Cases to choose from, for goods that could not be connected by themselves."""
    module = get_module("warranties")
    if not principal.may("triage.work") or not principal.may(module.view) or matching.warranty_of(triage):
        return None
    cases = [(case, module.url(case), case.state) for case in matching.candidates(triage)]
    return {"triage": triage, "cases": cases}


RESULT = Section("result", _("Result of the case"), "ledger/case_result.html", ledger.section, side=True)
SECTIONS = [
    ("warranties", RESULT),
    ("triage", RESULT),
    ("triage", Section("warranty", _("Which warranty?"), "handoffs/choice.html", choice)),
]
