"""The case that a payable belongs to, by the number that people know."""

from __future__ import annotations

from django.utils.translation import gettext as _

from farol.core.errors import BadInput, NotFound
from farol.engines.workflow import links
from farol.engines.workflow.models import Case, RecordLink
from farol.engines.workflow.module import modules, record_of
from farol.platform.accounts.principal import Principal

KIND = "payables"
NOT_CASES = ("payables", "customers", "products")


def reference_of(number: str, principal: Principal) -> str:
    """`warranties:17` of `GT-2026-000017`; `BadInput` on `case` for one that is unknown or out of sight."""
    number = number.strip().upper()
    prefix = number.partition("-")[0]
    for module in modules().values():
        if module.prefix == prefix and module.name not in NOT_CASES and principal.may(module.view):
            try:
                return module.get(number, principal).reference
            except NotFound:
                break
    raise BadInput("case", _("There is no case %(number)s. Write its number as on its page.") % {"number": number[:24]})


def case_of(reference: str) -> Case | None:
    return record_of(reference) if reference else None


def connect(case_ref: str, reference: str, before: str = "") -> None:
    """Connect a payable with its case, instead of the one before."""
    if before and before != case_ref:
        RecordLink.objects.filter(source=before, target=reference, kind=KIND).delete()
    if case_ref:
        links.connect(case_ref, reference, KIND)
