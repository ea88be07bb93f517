"""Who is told about a payable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from farol.engines.workflow.models import HistoryEntry
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import Principal
from farol.platform.notifications import notify, people_with

if TYPE_CHECKING:
    from farol.areas.aftersales.payables.models import Payable

AUTHORS = ("create", "edit")


def authors(payable: Payable) -> set[int]:
    """Whoever created or changed the payable: four eyes keep them from verifying and paying it."""
    steps = HistoryEntry.objects.filter(record=payable.reference, action__in=AUTHORS, person__isnull=False)
    return {person for person in steps.values_list("person_id", flat=True) if person is not None}


def tell_verifiers(payable: Payable) -> None:
    tell(payable, "payables.to_verify", set(people_with("payables.verify")) - authors(payable))


def tell_payers(payable: Payable) -> None:
    tell(payable, "payables.to_pay", set(people_with("payables.pay")) - authors(payable))


def tell_concerned(payable: Payable, code: str, principal: Principal) -> None:
    """Owner and creator, but not who did it."""
    concerned = {payable.owner_id, payable.created_by_id} - {principal.user_id}
    tell(payable, code, (person for person in concerned if person is not None))


def tell(payable: Payable, code: str, to: Iterable[int]) -> None:
    params = {"number": payable.number, "amount": str(payable.amount), "due_on": payable.due_on.isoformat()}
    notify(to, code, record=payable.reference, url=get_module("payables").url(payable), params=params)
