"""Which warranty the received goods belong to."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from farol.areas.aftersales.triage.models import Triage
from farol.areas.aftersales.warranties.flow import AWAITING, CANCELLED
from farol.areas.aftersales.warranties.models import Warranty
from farol.engines import ledger, workflow
from farol.engines.workflow import links
from farol.engines.workflow.module import record_of
from farol.platform.accounts.principal import SYSTEM, Principal

MOST = 8
NAME = "warranties:"


def warranty_of(triage: Triage) -> Warranty | None:
    """The case that the goods are connected with."""
    found = connected(triage)
    return record_of(found) if found else None


def connected(triage: Triage) -> str:
    """Its reference; empty without one."""
    return next((linked.record for linked in links.of(triage) if linked.record.startswith(NAME)), "")


def candidates(triage: Triage) -> list[Warranty]:
    """Cases that may be meant, newest first: whatever fits one of the signs and contradicts none."""
    if connected(triage):
        return []
    any_sign = Q(pk__in=())
    for sign in _signs(triage):
        any_sign |= sign
    return list(_fitting(triage).filter(any_sign).order_by("-pk")[:MOST])


def only_match(triage: Triage) -> Warranty | None:
    """The one case that still expects goods and fits the surest sign that fits any."""
    expecting = _fitting(triage).filter(received_on=None)
    for sign in _signs(triage):
        found = list(expecting.filter(sign)[:2])
        if found:
            return found[0] if len(found) == 1 else None
    return None


def connect(case: Warranty, triage: Triage, principal: Principal) -> None:
    """Both show each other; the case learns that its goods are here, and takes over what the goods have cost so far."""
    links.connect(case.reference, triage.reference, "triage")
    if case.status == AWAITING and case.received_on is None:
        data = {"received_on": triage.received_on.isoformat()}
        workflow.run(case, "register_return", SYSTEM, data=data)
    for category, _label, amount in ledger.result(triage.reference).lines:
        ledger.transfer(
            category, amount, triage.reference, case.reference, source=triage.reference, principal=principal
        )


def _signs(triage: Triage) -> Iterator[Q]:
    """The surest first."""
    if triage.tracking_code:
        yield Q(tracking_code__in=_spellings(triage.tracking_code))
    if triage.order and triage.marker:
        yield Q(order__in=_spellings(triage.order), marker=triage.marker)
    if triage.order:
        yield Q(order__in=_spellings(triage.order)) | Q(erp_number=triage.order)
    if triage.marker:
        yield Q(marker=triage.marker)
    if triage.customer_id:
        yield Q(customer=triage.customer_id)


def _fitting(triage: Triage) -> QuerySet[Warranty]:
    """Cases that contradict nothing that the goods show."""
    found = Warranty.objects.exclude(status=CANCELLED).select_related("customer")
    if triage.customer_id:
        found = found.filter(customer=triage.customer_id)
    if triage.marker:
        found = found.filter(marker=triage.marker)
    if triage.order:
        found = found.filter(Q(order__in=["", *_spellings(triage.order)]) | Q(erp_number=triage.order))
    return found


def _spellings(text: str) -> set[str]:
    return {text, text.upper()}
