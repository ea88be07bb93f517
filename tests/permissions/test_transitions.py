"""M9: every kind of record x state x action x identity, through REST, against the reviewed table."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.rest.asking import Asker, asker
from tests.rest.world import BILL, FILES, ITEM, World

from farol.core import clock
from farol.engines.workflow import engine
from farol.engines.workflow.module import get_module, modules
from farol.platform.accounts.rights import SHORT

pytestmark = pytest.mark.django_db
TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("transitions.toml").read_text(encoding="utf-8")) | FILES
AUTHOR = "author"
EDITS = {"customers": {"name": "Outra Pessoa"}, "products": {"name": "Outra fonte"}}


@dataclass(frozen=True)
class Cell:
    state: str
    action: str
    identity: str
    expected: int

    def __str__(self) -> str:
        return f"{self.state} {self.action} as {self.identity}"


def holds(rights: str, identity: str) -> bool:
    return "SA" in rights.split() if identity == AUTHOR else identity in rights.split()


def some_of(rights: str) -> list[str]:
    """The author, the least of those who hold the right, and somebody who does not."""
    held = [short for short in SHORT if short in rights.split()]
    return [AUTHOR, *held[-1:], next(short for short in ("AN", "FI", "VI") if short not in held)]


def cells(module: str, whole: bool = True) -> Iterator[Cell]:
    table = TABLE[module]
    for state, allowed in table["states"].items():
        for action, rights in table["rights"].items():
            for identity in [*SHORT, AUTHOR] if whole else some_of(rights):
                if action == "create":
                    continue
                refused = identity == AUTHOR and action in table["four_eyes"]
                expected = 200 if action in allowed and not refused else 409
                yield Cell(state, action, identity, expected if holds(rights, identity) else 403)


def body(world: World, module: str, action: str) -> dict[str, Any]:
    """What the action takes, right in every detail: only rights and states shall refuse."""
    if action == "edit":
        return TABLE[module].get("change") or EDITS.get(module, {"notes": "Outra nota"})
    reason = {"reason": "Por um motivo"}
    later = (clock.today() + dt.timedelta(days=200)).isoformat()
    given = {
        "add_cost": {"category": "freight", "amount": "10.00"},
        "add_scrap": {"sku": "FAR-020", "quantity": 1, "cost": "10.00", "cause": "Queimado"},
        "dispose": {"disposition": "in_transit"},
        "take_back": {"item": 1},
        "extend": {"expires_on": later},
    }
    if action == "merge":
        return reason | {"into": world.customer()["number"]}
    return reason | (FILES[module].get("data", {}) if module in FILES else given).get(action, {})


def attempt(who: Asker, module: str, number: str, action: str, data: dict[str, Any]) -> int:
    """The status of the answer. Everything is undone; a refusal that changed something is told as 599."""
    before = World.record(module, number)
    with transaction.atomic():
        if action == "edit":
            status, _said = who.patch(f"/{module}/{number}", data)
        else:
            status, _said = who.post(f"/{module}/{number}/actions/{action}", data)
        after = World.record(module, number)
        if status != 200 and (after.status, after.version) != (before.status, before.version):
            status = 599
        transaction.set_rollback(True)
    return status


def differences(module: str, states: list[str] | None = None, whole: bool = True) -> list[str]:
    world, found = World(), []
    people = {short: asker(role) for short, role in SHORT.items()} | {AUTHOR: world.author}
    table = TABLE[module]
    data = {action: body(world, module, action) for action in table["rights"]}
    for state in states or table["states"]:
        number = world.make(module, state)["number"]
        for cell in cells(module, whole):
            if cell.state == state:
                got = attempt(people[cell.identity], module, number, cell.action, data[cell.action])
                if got != cell.expected:
                    found.append(f"{module} {cell}: {got}, expected {cell.expected}")
        found += buttons(people, module, number, state)
    return found


def buttons(people: dict[str, Asker], module: str, number: str, state: str) -> Iterator[str]:
    """What REST offers to each who may see the record is exactly what the table allows."""
    table = TABLE[module]
    for identity, who in people.items():
        status, told = who.get(f"/{module}/{number}")
        if status == 200:
            wanted = {
                action
                for action in table["states"][state]
                if holds(table["rights"][action], identity)
                and not (identity == AUTHOR and action in table["four_eyes"])
                and action != "edit"
            }
            if set(told["actions"]) != wanted:
                yield f"{module} {state} as {identity}: offers {told['actions']}, expected {sorted(wanted)}"


def test_the_table_names_every_module_state_and_action():
    assert TABLE.keys() == modules().keys()
    for name, table in TABLE.items():
        flow = get_module(name).flow
        editable = {"edit"} if get_module(name).change else set()
        assert set(table["rights"]) == {t.name for t in flow.transitions} | editable | {"create"}, name
        assert {state.partition("/")[0] for state in table["states"]} == set(flow.by_name), name
        assert set(table["four_eyes"]) <= set(table["rights"]), name


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["gate", "night"])
@pytest.mark.parametrize("module", TABLE)
def test_m9_only_legal_transitions(module, whole):
    wrong = differences(module, whole=whole)
    assert not wrong, "\n".join([f"{len(list(cells(module, whole)))} cells, {len(wrong)} differ", *wrong])


def test_m9_who_may_open_a_record():
    world = World()
    customer, voucher = world.customer()["number"], world.voucher()["number"]
    bodies = {
        "customers": {"name": "Nova Pessoa"},
        "products": {"sku": "NOVO-1", "name": "Novo"},
        "warranties": {"customer": customer, "order": "N-1", "items": [ITEM]},
        "triage": {"order": "N-1", "items": [{"sku": "ABC-1"}]},
        "payables": {**BILL, "amount": "98765.00"},
        "vouchers": {"customer": customer, "amount": "5.00", "expires_on": "2030-01-01", "reason": "Troca"},
        "redemptions": {"voucher": voucher, "amount": "1.00", "order": "N-1"},
    } | {name: table["body"] for name, table in FILES.items()}
    wrong = []
    for short, role in SHORT.items():
        who = asker(role)
        for module, data in bodies.items():
            with transaction.atomic():
                status, said = who.post(f"/{module}", data)
                transaction.set_rollback(True)
            if status != (201 if holds(TABLE[module]["rights"]["create"], short) else 403):
                wrong.append(f"{module} as {short}: {status} {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", ["_permit", "_check_state", "four_eyes"])
def test_a_door_left_open_is_noticed(monkeypatch, door):
    """Control: the comparison fails when the right, the state or the second person is not asked for."""
    if door == "four_eyes":
        for transition in get_module("payables").flow.transitions:
            monkeypatch.setitem(transition.__dict__, "guard", None)
        assert differences("payables", ["generated"])
    else:
        monkeypatch.setattr(engine, door, lambda *_: None)
        assert differences("payables", ["pending"] if door == "_check_state" else ["generated"])
