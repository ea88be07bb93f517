"""What the form takes, fills in and refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farol.areas.aftersales.payables.forms import PayableForm
from farol.areas.aftersales.payables.models import name_key
from farol.core import boleto, clock, pix
from farol.platform.accounts.principal import SYSTEM

NOON = dt.datetime(2026, 7, 1, 15, tzinfo=dt.UTC)
LINE = "00190.00009 01234.567897 01234.567178 6 14940000123456"
BILL = {"beneficiary": "Aurora", "category": "Fretes", "method": "pix", "pix_key": "a@exemplo.com"}
DUE = {"amount": "10,00", "due_on": "2026-07-10"}
SLIP = {"method": "boleto", "pix_key": "", "boleto_line": LINE}


@pytest.fixture(autouse=True)
def noon(db):
    with clock.frozen(NOON):
        yield


def form(**changes) -> PayableForm:
    return PayableForm({**BILL, **changes}, principal=SYSTEM)


def wrong(**changes) -> list[str]:
    made = form(**changes)
    assert not made.is_valid()
    return [name for name, _sentence in made.problems()]


def test_amount_and_due_date_are_read_from_the_line():
    made = form(**SLIP)
    assert made.is_valid(), made.problems()
    assert (made.values["amount"], made.values["due_on"]) == (Decimal("1234.56"), dt.date(2026, 7, 1))
    assert made.values["barcode"] == boleto.read(LINE, NOON.date()).barcode
    assert made.values["key"] is None


def test_the_same_typed_beside_it_is_fine_and_another_is_refused():
    assert form(**SLIP, amount="1.234,56", due_on="01/07/2026").is_valid()
    assert wrong(**SLIP, amount="1.234,57") == ["amount"]
    assert wrong(**SLIP, due_on="2026-07-02") == ["due_on"]


def test_an_open_slip_needs_both():
    line = boleto.line_of(boleto.bank_barcode("341", None, None, "7" * 25))
    assert wrong(**{**SLIP, "boleto_line": line}) == ["amount", "due_on"]
    assert form(**{**SLIP, "boleto_line": line}, **DUE).is_valid()


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, ["amount", "due_on"]),
        ({**DUE, "pix_key": ""}, ["pix_key"]),
        ({**DUE, "pix_key": "11987654321"}, ["pix_key"]),
        ({**DUE, "pix_key": "a@exemplo.com", "pix_kind": "cpf"}, ["pix_key"]),
        ({**DUE, "amount": "0,00"}, ["amount"]),
        ({**DUE, "amount": "-5"}, ["amount"]),
        ({**DUE, "method": "cash"}, ["method"]),
        ({**DUE, "category": "Unknown"}, ["category"]),
        ({**DUE, "document": "11.222.333/0001-82"}, ["document"]),
        ({**DUE, "case": "GT-2026-999999"}, ["case"]),
        ({**DUE, "case": "CP-2026-000001"}, ["case"]),
        ({**DUE, "scrap": True}, ["scrap_sku", "scrap_quantity", "scrap_cause"]),
        ({**SLIP, "boleto_line": LINE.replace("00009", "00008")}, ["boleto_line"]),
        ({**SLIP, "boleto_line": ""}, ["boleto_line"]),
        ({**DUE, "beneficiary": ""}, ["beneficiary"]),
    ],
)
def test_what_is_wrong_is_named(changes, fields):
    assert sorted(wrong(**changes)) == sorted(fields)


def test_a_pasted_code_gives_key_and_amount():
    code = pix.build(pix.BrCode("Aurora", "SAO PAULO", "+5511987654321", Decimal("66.66")))
    made = form(pix_key=code, due_on="2026-07-10")
    assert made.is_valid(), made.problems()
    assert (made.values["key"].value, made.values["amount"]) == ("+5511987654321", Decimal("66.66"))
    assert wrong(pix_key=code, due_on="2026-07-10", amount="66,67") == ["amount"]
    dynamic = pix.build(pix.BrCode("Aurora", "SAO PAULO", url="pix.exemplo.com/qr/1", once=True))
    assert wrong(pix_key=dynamic, **DUE) == ["pix_key"]


def test_two_ways_to_write_a_name():
    assert name_key("  Conceição  LTDA ") == name_key("CONCEICAO ltda")


@settings(deadline=None)
@given(st.text(max_size=120), st.sampled_from(["pix", "boleto"]), st.text(max_size=80))
def test_any_text_is_taken_or_named(text, method, amount):
    made = form(method=method, pix_key=text, boleto_line=text, amount=amount, due_on="2026-07-10", document=text[:20])
    assert made.is_valid() or made.problems()
