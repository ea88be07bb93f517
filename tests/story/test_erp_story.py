"""From the click to the ERP and back: orders and payables of after-sales against the made-up Tiny, over real HTTP."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache

from farol.areas.aftersales.conftest import fill_in, make_case, make_customer, make_person
from farol.connectors.tiny.simulator import Simulator
from farol.connectors.tiny.simulator.journal import entries
from farol.core import clock
from farol.engines.workflow import run
from farol.engines.workflow.module import get_module
from farol.platform.jobs.models import Presence
from farol.platform.outbox import delivery
from farol.platform.outbox.channels import channels
from farol.platform.outbox.models import OutboxMessage, State

NOON = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)
BY_ERP = ("tiny.order", "tiny.order_cancel", "tiny.payable")


@pytest.fixture
def tiny(tmp_path, settings, db):
    cache.clear()
    Presence.objects.create(id="w", kind="worker", host="test", pid=1)
    with Simulator(tmp_path / "tiny.jsonl", token="canary-of-the-story", per_minute=600) as simulator:
        settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = simulator.url, simulator.token
        settings.FAROL_TINY_PER_MINUTE = 600
        simulator.path = tmp_path / "tiny.jsonl"
        yield simulator


def work(minutes: float = 0) -> None:
    """The worker, until nothing is due so much later."""
    with clock.frozen(NOON + dt.timedelta(minutes=minutes)):
        for name in BY_ERP:
            while delivery.deliver_next(channels()[name], "w"):
                pass


def a_case(**more):
    return make_case(make_person("cs_analyst"), make_customer(), return_needed=False, **more)


def generate(case):
    with clock.frozen(NOON):
        return run(case, "generate", make_person("cs_admin"))


def orders(tiny) -> list[dict]:
    return list(entries(tiny.path, "order"))


def test_an_order_goes_out_and_its_number_comes_back(tiny):
    case = a_case()
    generate(case)
    case.refresh_from_db()
    assert case.status == "pending"
    work()
    case.refresh_from_db()
    (order,) = orders(tiny)
    assert (case.status, case.erp_number) == ("generated", order["number"])
    names = [entry["marcador"]["descricao"] for entry in order["body"]["marcadores"]]
    assert names == [case.marker, "GARANTIA"]
    assert order["key"] == case.number
    assert "1001" in order["body"]["obs_internas"]


def test_an_answer_that_was_lost_is_found_and_nothing_is_made_twice(tiny):
    tiny.chance.planted.append("cut")
    case = a_case()
    generate(case)
    work()
    case.refresh_from_db()
    assert case.status == "pending"
    work(minutes=1)
    case.refresh_from_db()
    assert (case.status, len(orders(tiny))) == ("generated", 1)


def test_a_refusal_comes_back_in_words_and_the_corrected_case_goes_under_the_same_key(tiny):
    street = {"delivery_street": "Rua A", "delivery_number": "1", "delivery_postcode": "01001-000"}
    street |= {"delivery_district": "Centro", "delivery_state": "SP", "delivery_recipient": "Bia"}
    case = a_case(**street, delivery_city="Sao Paolo")
    generate(case)
    work()
    message = OutboxMessage.objects.get(channel="tiny.order")
    assert message.state == State.FAILED
    assert "Sao Paolo" in message.error
    case.refresh_from_db()
    data = {**get_module("warranties").initial(case), "delivery_city": "São Paulo"}
    fill_in("warranties", make_person("cs_analyst"), data, case)
    case.refresh_from_db()
    generate(case)
    work()
    case.refresh_from_db()
    (order,) = orders(tiny)
    assert (case.status, order["key"], order["body"]["endereco_entrega"]["cidade"]) == (
        "generated",
        case.number,
        "São Paulo",
    )


def test_a_cancelled_case_is_cancelled_there_and_its_next_order_has_another_key(tiny):
    case = a_case()
    generate(case)
    work()
    case.refresh_from_db()
    with clock.frozen(NOON):
        run(case, "send_back", make_person("verifier"), reason="wrong item")
    work()
    case.refresh_from_db()
    generate(case)
    work()
    case.refresh_from_db()
    states = {document["key"]: document["situacao"] for document in tiny.books.of("order")}
    assert states == {case.number: "cancelado", f"{case.number}-R2": "aberto"}
    assert case.status == "generated"


def test_without_a_token_everything_waits_and_then_leaves(tiny, settings):
    settings.FAROL_TINY_TOKEN = ""
    case = a_case()
    generate(case)
    work()
    assert OutboxMessage.objects.get(channel="tiny.order").state == State.QUEUED
    settings.FAROL_TINY_TOKEN = tiny.token
    work(minutes=6)
    case.refresh_from_db()
    assert case.status == "generated"


def test_a_payable_goes_out_and_is_generated(tiny):
    bill = {
        "beneficiary": "Transportes Aurora Ltda",
        "document": "11.222.333/0001-81",
        "category": "Fretes",
        "method": "pix",
        "pix_key": "financeiro@exemplo.com.br",
        "amount": "350,00",
        "due_on": "2026-12-10",
    }
    with clock.frozen(NOON):
        payable = fill_in("payables", make_person("cs_analyst"), bill)
        run(payable, "generate", make_person("cs_admin"))
    tiny.chance.planted.append("error")
    work()
    work(minutes=1)
    payable.refresh_from_db()
    (made,) = entries(tiny.path, "payable")
    assert payable.status == "generated"
    assert made["key"].startswith(f"[FAROL:{payable.number}]")
    assert made["body"]["valor"] == "350.00"
