"""What is kept under an `Idempotency-Key`: refusals too, errors of ours not; sealed; per person; for two days."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from tests.rest.asking import asker
from tests.rest.world import World

from farol.areas.aftersales.payables import services
from farol.core import clock
from farol.platform.api import jobs
from farol.platform.api.models import KeptAnswer

pytestmark = pytest.mark.django_db
PERSON = {"name": "Maria da Silva"}


class Run:
    def check(self) -> None: ...


def send(who, path, body, key, method="POST"):
    answer = who.raw(method, path, json.dumps(body), **{"Idempotency-Key": key})
    return answer.status_code, answer.content


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é", "a\tb"])
def test_a_key_that_is_none_is_named(key):
    status, said = send(asker("cs_analyst"), "/customers", PERSON, key)
    assert (status, json.loads(said)["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert not KeptAnswer.objects.exists()


def test_refusals_are_answers_too():
    world = World()
    bill, other = world.payable()["number"], world.other
    path = f"/payables/{bill}/actions/verify"
    refused = send(other, path, {}, "k1")
    wrong = send(other, "/customers", {"name": 5}, "k2")
    unknown = send(other, "/payables/CP-1999-000001/actions/verify", {}, "k3")
    assert [refused[0], wrong[0], unknown[0]] == [409, 422, 404]
    world.by_itself("payables", {"number": bill}, "arrived", id="1", digest="x")
    assert send(other, path, {}, "k1") == refused
    assert send(other, "/customers", {"name": 5}, "k2") == wrong
    assert send(other, path, {}, "k4")[0] == 200


def test_an_error_of_ours_and_a_lost_right_leave_nothing(monkeypatch):
    ana = asker("cs_analyst")
    world = World()
    number = world.payable()["number"]
    with monkeypatch.context() as broken:
        broken.setattr(services.workflow, "edit", lambda *_a, **_k: 1 / 0)
        assert send(ana, f"/payables/{number}", {"notes": "x"}, "k", "PATCH")[0] == 500
    assert not KeptAnswer.objects.filter(key="k").exists()
    assert send(ana, f"/payables/{number}", {"notes": "x"}, "k", "PATCH")[0] == 200
    ana.user.roles.clear()
    assert send(ana, f"/payables/{number}", {"notes": "x"}, "k", "PATCH")[0] == 403


def test_a_key_is_of_one_person_and_one_request():
    ana, bia = asker("cs_analyst", "ana@x.example"), asker("cs_analyst", "bia@x.example")
    first, second = send(ana, "/customers", PERSON, "k"), send(bia, "/customers", PERSON, "k")
    assert first[0] == second[0] == 201
    assert first[1] != second[1]
    for path, body, method in (("/customers", {"name": "Z"}, "POST"), ("/customers?x=1", PERSON, "POST")):
        status, said = send(ana, path, body, "k", method)
        assert (status, json.loads(said)["code"]) == (422, "key_reused")
    assert b"Maria" not in bytes(KeptAnswer.objects.first().body)


def test_kept_for_at_least_a_day():
    ana = asker("cs_analyst")
    send(ana, "/customers", PERSON, "k")
    with clock.frozen(clock.now() + dt.timedelta(hours=25)):
        jobs.tidy(Run())
        assert KeptAnswer.objects.exists()
    with clock.frozen(clock.now() + dt.timedelta(hours=49)):
        jobs.tidy(Run())
        assert not KeptAnswer.objects.exists()
