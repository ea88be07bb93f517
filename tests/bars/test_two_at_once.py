"""M9: two people act on one record at once, through a real server: one wins, the other is told."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.bars.server import Server

CONFLICTS = ("changed_meanwhile", "transition_refused")
# of a control: nobody looks whether the record is still as it was
UNGUARDED = (
    "farol.engines.workflow.engine",
    "_check_version = _check_state = lambda *_: None\n"
    "def _change(now, act, columns):\n"
    "    rows = type(now)._default_manager.filter(pk=now.pk)\n"
    "    rows.update(**columns, status=act.to_state, version=now.version + 1)\n",
)


def post(client: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Response:
    return client.post(path, json=body)


def uses(seller: httpx.Client, issuer: httpx.Client, count: int) -> list[str]:
    """Requested uses of store credit, on a voucher that has enough for all of them."""
    customer = post(issuer, "/customers", {"name": "Maria da Silva"}).json()["number"]
    body = {"customer": customer, "amount": f"{count}.00", "expires_on": "2035-12-31", "reason": "Troca"}
    voucher = post(issuer, "/vouchers", body).json()["number"]
    asked = [{"voucher": voucher, "amount": "1.00", "order": f"P-{n}"} for n in range(count)]
    made = [post(seller, "/redemptions", one) for one in asked]
    assert {answer.status_code for answer in made} == {201}, made[0].text
    return [answer.json()["number"] for answer in made]


def race(clients: list[httpx.Client], number: str) -> list[httpx.Response]:
    """One approves, the other refuses, at the same moment and having seen the same version."""
    together = threading.Barrier(2)

    def act(place: int) -> httpx.Response:
        action = ("approve", "refuse")[place]
        together.wait()
        body = {"version": 1, **({"reason": "Sem pedido"} if action == "refuse" else {})}
        return post(clients[place], f"/redemptions/{number}/actions/{action}", body)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, range(2)))


def violations(server: Server, count: int) -> list[str]:
    crew = server.crew(sam="seller", carla="cs_admin", fernanda="finance", fabio="finance")
    numbers, clients = uses(crew["sam"], crew["carla"], count), [crew["fernanda"], crew["fabio"]]
    found, winners = [], Counter[str]()
    for number in numbers:
        answers = race(clients, number)
        statuses = sorted(answer.status_code for answer in answers)
        if statuses != [200, 409]:
            found.append(f"{number}: {statuses}")
            continue
        winner = next(answer for answer in answers if answer.status_code == 200).json()["status"]
        loser = next(answer for answer in answers if answer.status_code == 409).json()
        winners[winner] += 1
        now = clients[0].get(f"/redemptions/{number}").json()["status"]
        history = clients[0].get(f"/redemptions/{number}/history").json()["items"]
        if now != winner or len(history) != 2 or loser["code"] not in CONFLICTS:
            found.append(f"{number}: {winner} won, it is {now}, {len(history)} steps, told {loser}")
    print(f"{count} races, winners {dict(winners)}, {len(found)} violations")
    return found


@pytest.mark.parametrize("count", [50, pytest.param(200, marks=pytest.mark.night)], ids=["gate", "night"])
def test_m9_one_winner_and_the_other_is_told(tmp_path, count):
    with Server(tmp_path / "home") as server:
        assert violations(server, count) == []
        assert "Traceback" not in server.written()


def test_m9_without_the_guard_both_win(tmp_path):
    """Control."""
    with Server(tmp_path / "home", UNGUARDED) as server:
        assert violations(server, 5)
