"""A4: whatever else somebody posts, only the columns that a form lists change; as every role, by page and by REST.

By REST what a form does not list is refused by name. A page passes it over: the row comes out as without it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import models, transaction
from tests.permissions.identities import browser
from tests.rest.asking import Asker, asker
from tests.rest.world import World

from farol.core import clock, formats
from farol.engines.workflow.forms import flat
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module, get_module
from farol.platform.accounts.rights import SHORT

pytestmark = pytest.mark.django_db
NAMES = ("customers", "products", "warranties", "triage", "payables", "vouchers", "redemptions")
EDITS = {"customers": {"name": "Outra Pessoa"}, "products": {"name": "Outra fonte"}}
LINE = [{"sku": "A-1", "quantity": 1}]
Row = dict[str, Any]


def forged(module: Module) -> Row:
    """A value for every column of the model that its form does not list, and what people try everywhere."""
    columns: dict[str, models.Field] = {}
    for field in module.model._meta.concrete_fields:
        columns |= {field.attname: field, field.name: field}
    found = {name: value_of(field) for name, field in columns.items()}
    found |= {"status": module.flow.states[-1].name, "is_superuser": True, "roles": [1], "balance": "9.99"}
    listed = module.form.base_fields if module.form else {}
    return {name: value for name, value in found.items() if name not in listed and name != "version"}


def value_of(field: models.Field) -> Any:
    if isinstance(field, (models.ForeignKey, models.AutoField, models.IntegerField)):
        return 1
    if isinstance(field, models.BooleanField):
        return not field.get_default()
    return "2001-01-01" if isinstance(field, models.DateField) else "forjado"


def row(record: Case) -> Row:
    return {f.attname: getattr(record, f.attname) for f in record._meta.concrete_fields}


def typed(module: Module, values: Row) -> Row:
    """As a browser posts it."""
    posted: Row = {}
    lines = module.form.lines if module.form else None
    for name, value in flat(({lines.name: []} if lines else {}) | values, lines).items():
        if isinstance(value, bool):
            posted |= {name: "on"} if value else {}
        elif value is not None:
            posted[name] = formats.date(value) if isinstance(value, dt.date) else str(value)
    return posted


def undone(action: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a call whose writes are taken back."""
    with transaction.atomic():
        found = action(*arguments)
        transaction.set_rollback(True)
    return found


def refused_by_name(answer: tuple[int, Any], extra: Row) -> bool:
    status, said = answer
    return status == 403 or (status == 422 and {e["field"] for e in said["errors"]} >= extra.keys())


@pytest.mark.parametrize("name", [n for n in NAMES if get_module(n).change])
def test_a4_changing(name):
    module, world = get_module(name), World()
    number = world.make(name, module.flow.initial)["number"]
    record, extra = world.record(name, number), forged(module)
    before, page = row(record), f"{module.url(record)}/editar"
    honest_post = {**typed(module, module.initial(record) | EDITS.get(name, {"notes": "Outra nota"})), "version": 1}

    def post(who: Asker, data: Row) -> tuple[int, Row]:
        status = browser(who.user).post(page, {**honest_post, **data}).status_code
        return status, row(world.record(name, number)) | {"changed_at": None}

    changed = set()
    for short, role in SHORT.items():
        who = asker(role)
        assert refused_by_name(who.patch(f"/{name}/{number}", extra), extra), short
        assert row(world.record(name, number)) == before, short
        honest, forger = undone(post, who, {}), undone(post, who, extra)
        assert forger == honest, short
        changed |= {short} if honest[1] != before | {"changed_at": None} else set()
    assert {"SA"} <= changed < set(SHORT), "the honest change went through for nobody, or for everybody"


def bodies(world: World) -> dict[str, Row]:
    later = (clock.today() + dt.timedelta(days=30)).isoformat()
    customer = world.customer()["number"]
    return {
        "customers": {"name": "Nova Pessoa"},
        "products": {"sku": "NOVO-1", "name": "Novo"},
        "warranties": {"kind": "exchange", "customer": customer, "order": "N-1", "items": LINE},
        "triage": {"order": "N-1", "items": LINE},
        "payables": {
            "beneficiary": "Alguém", "category": "Fretes", "method": "pix", "pix_key": "a@exemplo.com.br",
            "amount": "5.00", "due_on": later,
        },
        "vouchers": {"customer": customer, "amount": "5.00", "expires_on": later, "reason": "Troca"},
        "redemptions": {"voucher": world.voucher()["number"], "amount": "1.00", "order": "N-1"},
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a4_opening(name):
    module, world = get_module(name), World()
    body, extra, rows = bodies(world)[name], forged(module), module.model._default_manager
    days = {key: dt.date.fromisoformat(value) for key, value in body.items() if key.endswith("_on")}
    money = {key: value.replace(".", ",") for key, value in body.items() if key == "amount"}
    honest_post = typed(module, {**body, **days, **money})

    def post(who: Asker, data: Row) -> tuple[int, Row | None]:
        known = set(rows.values_list("pk", flat=True))
        status = browser(who.user).post(f"/{module.path}/novo", {**honest_post, **data}).status_code
        new = rows.exclude(pk__in=known).first()
        return status, None if new is None else {k: v for k, v in row(new).items() if comparable(k, v)}

    opened, count = set(), rows.count()
    for short, role in SHORT.items():
        who = asker(role)
        assert refused_by_name(who.post(f"/{name}", body | extra), extra), short
        assert rows.count() == count, short
        honest, forger = undone(post, who, {}), undone(post, who, extra)
        assert forger == honest, short
        opened |= {short} if honest[1] else set()
    assert {"SA"} <= opened < set(SHORT), "the honest record was opened by nobody, or by everybody"


def comparable(column: str, value: Any) -> bool:
    """Not what differs between any two records: instants, random codes, encrypted boxes, rows made along with it."""
    return not isinstance(value, (bytes, memoryview, dt.datetime, uuid.UUID)) and column not in (
        "id",
        "code",
        "account_id",
        "hold_id",
    )
