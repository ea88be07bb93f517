"""People, a customer, and vouchers of hers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from farol.areas.aftersales.vouchers import services
from farol.core import clock
from farol.engines.workflow.module import get_module
from farol.engines.workflow.rest.body import blank
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, principal_of


@pytest.fixture
def person(db):
    """A person of a role, made at first use; a second one has another name."""

    def made(role: str, name: str = "") -> User:
        user, new = User.objects.get_or_create(
            email=f"{name or role}@vouchers.example", defaults={"name": name or role}
        )
        if new:
            user.roles.add(Role.objects.get(slug=role))
        return user

    return made


@pytest.fixture
def who(person):
    return lambda role, name="": principal_of(person(role, name))


@pytest.fixture
def customer(db):
    module = get_module("customers")
    form = module.form({**blank(module.form(principal=SYSTEM)), "name": "Ana Lima"}, principal=SYSTEM)
    assert form.is_valid(), form.problems()
    return module.create(SYSTEM, form.values)


@pytest.fixture
def issue(customer, who):
    def made(amount="500.00", days=60, **more):
        values = {
            "customer": customer,
            "amount": Decimal(amount),
            "expires_on": clock.today() + dt.timedelta(days=days),
            "reason": "late delivery",
            **more,
        }
        return services.issue(who("cs_admin"), values)

    return made


@pytest.fixture
def ask(who):
    """A seller's request."""

    def made(voucher, amount="100.00", order="9001", name="seller"):
        voucher.refresh_from_db()
        values = {"voucher": voucher, "amount": Decimal(amount), "order": order}
        return services.request_use(who("seller", name), values)

    return made
