"""What the house holds about a person, handing it over, and forgetting it.

Rooms declare what they hold as `HOLDINGS` in their `personal.py`:

    HOLDINGS = [Holding("payables", _("Payables"), find, _("Tax law: five years"))]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from farol.engines import workflow
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect
from farol.registry.customers.flow import ANONYMISED
from farol.registry.customers.models import Customer


@dataclass(frozen=True)
class Holding:
    """`find(customer)` gives everything a room keeps about the person, as JSON values in clear; `reason` says why it
    stays after anonymising (empty: nothing stays); `forget(customer)` takes the identity out of it.
    """

    name: str
    label: Any
    find: Callable[[Customer], list[dict[str, Any]]]
    reason: Any = ""
    forget: Callable[[Customer], None] | None = None


def holdings() -> tuple[Holding, ...]:
    return collect("personal", "HOLDINGS")


def everything(customer: Customer, principal: Principal) -> dict[str, Any]:
    """All that is kept about a person and those merged into it, for the person itself. In the audit with its fields."""
    principal.require("customers.privacy")
    found: dict[str, Any] = {}
    for holding in holdings():
        rows = [row for one in (customer, *customer.duplicates.all()) for row in holding.find(one)]
        if rows:
            found[holding.name] = {"kept_because": str(holding.reason), "records": rows}
    params = {"fields": sorted(found), "count": sum(len(part["records"]) for part in found.values())}
    audit.record(principal, "customers.exported", target=customer.reference, params=params)
    return found


def anonymise(customer: Customer, principal: Principal, reason: str, version: int | None = None) -> Customer:
    """Take the identity away for good; what happened stays. Refuses like `workflow.run`."""
    if customer.status == ANONYMISED:
        return customer
    return workflow.run(customer, "anonymise", principal, reason=reason, version=version)


def forget(customer: Customer) -> None:
    """Every room takes the person out of what it holds, while it can still tell who that is."""
    for holding in holdings():
        if holding.forget:
            holding.forget(customer)
