"""People, customers and cases for the tests of after-sales."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from farol.engines.workflow.module import get_module
from farol.engines.workflow.rest.body import blank
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, Principal, principal_of
from farol.platform.accounts.rights import ROLES, rights_of

_turn = itertools.count(1)


def make_person(role: str) -> Principal:
    """Somebody new with one of the seeded roles."""
    user = User.objects.create(email=f"{role}{next(_turn)}@cases.example", name=role)
    row, _new = Role.objects.get_or_create(slug=role, defaults={"name": ROLES[role], "rights": rights_of(role)})
    user.roles.add(row)
    return principal_of(user)


def make_customer(name: str = "Ana Lima", document: str = "") -> Any:
    return fill_in("customers", SYSTEM, {"name": name, "document": document})


def fill_in(module: str, principal: Principal, data: dict[str, Any], record: Any = None) -> Any:
    """What the screen, REST and the import do: the form's values go to the service. The problems where it is wrong."""
    declared: Any = get_module(module)
    empty = blank(declared.form(principal=principal, record=record))
    form = declared.form({**empty, **data}, principal=principal, record=record)
    if not form.is_valid():
        return form.problems()
    if record is not None:
        return declared.change(record, principal, form.values, record.version)
    return declared.create(principal, form.values)


def item(sku: str = "ABC-1", **more: Any) -> dict[str, Any]:
    return {"sku": sku, "quantity": 1, "unit_value": Decimal("0.00"), "defect": "Does not turn on", **more}


def make_case(principal: Principal, customer: Any, **more: Any) -> Any:
    """A warranty as somebody opens it."""
    data = {
        "kind": "warranty",
        "order": "1001",
        "channel": "Amazon",
        "customer": customer.number,
        "return_needed": True,
        "items": [item()],
        **more,
    }
    return fill_in("warranties", principal, data)


def make_triage(principal: Principal, items: Sequence[dict[str, Any]] = ({"sku": "ABC-1"},), **more: Any) -> Any:
    return fill_in("triage", principal, {"items": [{"quantity": 1, **row} for row in items], **more})


@pytest.fixture
def analyst(db: None) -> Principal:
    return make_person("cs_analyst")


@pytest.fixture
def verifier(db: None) -> Principal:
    return make_person("verifier")


@pytest.fixture
def admin(db: None) -> Principal:
    return make_person("cs_admin")


@pytest.fixture
def customer(db: None) -> Any:
    return make_customer()
