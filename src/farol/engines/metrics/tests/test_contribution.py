"""What moved a figure, on real statements."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from farol.core.errors import BadInput
from farol.engines.metrics.contribution import explanation, question
from farol.engines.metrics.output import explanation_as_json
from farol.engines.metrics.period import parse_period

from .conftest import fact

DAY, BEFORE = dt.date(2025, 2, 14), dt.date(2025, 2, 7)


@pytest.fixture(scope="module")
def reader(duck):
    rows = []
    for product, method, before, now in (
        ("pos", "credit", (500_000, 50), (510_000, 51)),
        ("pos", "debit", (200_000, 40), (199_000, 40)),
        ("tap", "credit", (300_000, 30), (90_000, 9)),
        ("tap", "debit", (100_000, 20), None),
        ("pix", "uninformed", None, (40_001, 3)),
    ):
        if before:
            rows.append(fact(BEFORE, *before, product=product, payment_method=method))
        if now:
            rows.append(fact(DAY, *now, product=product, payment_method=method))
    return duck(rows)


def ask(reader, measure="tpv", by=(), against="w1", day=DAY, where=None, rules=None):
    return explanation(reader, question("payments", measure, day, against, by, where), rules or {})


def test_contract(reader):
    found = explanation_as_json(ask(reader, by=["product", "payment_method"]))
    assert list(found)[:8] == [
        "measure",
        "date",
        "base_date",
        "base",
        "value",
        "delta",
        "segments",
        "explained_by",
    ]
    assert (found["date"], found["base_date"]) == ("2025-02-14", "2025-02-07")
    assert (found["base"], found["value"], found["delta"]) == ("11000.00", "8390.01", "-2609.99")
    assert found["segments"][0] == {
        "segment": {"product": "tap", "payment_method": "credit"},
        "base": "3000.00",
        "value": "900.00",
        "delta": "-2100.00",
        "volume_effect": "-2100.00",
        "ticket_effect": "0.00",
    }
    assert sum(Decimal(s["delta"]) for s in found["segments"]) == Decimal(found["delta"])
    for s in found["segments"]:
        assert Decimal(s["volume_effect"]) + Decimal(s["ticket_effect"]) == Decimal(s["delta"])


def test_vanished_and_new_segments_are_there(reader):
    found = {tuple(s.segment.values()): s for s in ask(reader, by=["product", "payment_method"]).segments}
    gone, new = found["tap", "debit"], found["pix", "uninformed"]
    assert (gone.base, gone.value, gone.delta, gone.ticket_effect) == (1000, 0, -1000, 0)
    assert (new.base, new.value, new.volume_effect) == (0, Decimal("400.01"), Decimal("400.01"))


def test_the_dimension_that_explains_is_found(reader):
    found = ask(reader)
    assert found.explained_by == [{"product": "tap"}]


@pytest.mark.parametrize("measure", ["tpv", "transactions", "average_ticket", "installment_share"])
@pytest.mark.parametrize("by", [(), ("product",), ("payment_method", "product")])
def test_parts_add_up(reader, measure, by):
    found = ask(reader, measure, by)
    assert sum(s.delta for s in found.segments) == found.delta
    for s in found.segments:
        assert s.volume_effect + s.ticket_effect == s.delta
    if measure == "transactions":
        assert all(isinstance(s.delta, int) and s.ticket_effect == 0 for s in found.segments)


def test_base_without_data(reader):
    found = ask(reader, against="d1")
    assert (found.base, found.delta, found.segments, found.explained_by) == (None, None, [], [])
    assert found.value == Decimal("8390.01")
    assert found.base_date == dt.date(2025, 2, 13)


def test_filters_and_row_rules_apply(reader):
    found = ask(reader, by=["payment_method"], where={"product": ["tap"]})
    assert found.delta == Decimal("-3100")
    assert ask(reader, by=["product"], rules={"product": ("pix",)}).value == Decimal("400.01")
    assert ask(reader, by=["product"], rules={"product": ()}).value == 0


def test_a_period(reader):
    found = ask(reader, day=parse_period("2025-02-14..2025-02-14"), by=["product"])
    assert found.date == DAY
    january = explanation_as_json(ask(reader, day=parse_period("2025-03"), against="m1", by=["product"]))
    assert january["from"] == "2025-03-01"
    assert (january["base_from"], january["base_to"]) == ("2025-02-01", "2025-02-28")


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"measure": "merchants_upper_bounds"}, "measures"),
        ({"measure": "tpv_share"}, "measure"),
        ({"measure": "tpv_ex_top"}, "measure"),
        ({"against": "expected"}, "against"),
        ({"against": "w2"}, "against"),
        ({"by": ["day"]}, "by"),
        ({"by": ["prodct"]}, "by"),
        ({"where": {"installments": ["x"]}}, "where.installments"),
    ],
)
def test_refusals_name_the_field(reader, options, field):
    with pytest.raises(BadInput) as error:
        ask(reader, **options)
    assert error.value.field == field
