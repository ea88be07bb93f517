"""Who is told about a case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from farol.engines.workflow import deeds
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import Principal
from farol.platform.notifications import notify, people_with

if TYPE_CHECKING:
    from farol.areas.aftersales.warranties.models import Warranty

AUTHORS = ("create", "edit", "generate")


def authors(warranty: Warranty) -> set[int]:
    """Whoever created, changed or generated the case: four eyes keep them from verifying it."""
    return deeds.people(warranty, AUTHORS)


def tell_verifiers(warranty: Warranty) -> None:
    _tell(warranty, "warranties.to_verify", set(people_with("warranties.verify")) - authors(warranty))


def tell_concerned(warranty: Warranty, code: str, principal: Principal) -> None:
    """Owner and creator, but not who did it."""
    concerned = {warranty.owner_id, warranty.created_by_id} - {None, principal.user_id}
    _tell(warranty, code, {person for person in concerned if person is not None})


def _tell(warranty: Warranty, code: str, to: Iterable[int]) -> None:
    url = get_module("warranties").url(warranty)
    params = {"number": warranty.number, "marker": warranty.marker, "order": warranty.erp_number}
    notify(to, code, record=warranty.reference, url=url, params=params)
