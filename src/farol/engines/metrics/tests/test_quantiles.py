"""Quantiles against the standard library, on every engine; sparse days; states at the end of a period."""

from __future__ import annotations

import datetime as dt
import statistics
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farol.core.errors import BadInput
from farol.engines.metrics import Measure, Period, Query, SemanticModel, Unit
from farol.engines.metrics.answer import answer
from farol.engines.metrics.contribution import explanation, question
from farol.engines.metrics.formulas import Gain, Last, Quantile, Ratio, Sum
from farol.engines.metrics.model import Dimension

from .conftest import fact

DAY = dt.date(2025, 2, 14)
MEASURES = (
    Measure("median", "Median", "…", Unit.NUMBER, Quantile("fee_centavos", (1, 2))),
    Measure("p90", "p90", "…", Unit.NUMBER, Quantile("fee_centavos", (9, 10))),
    Measure("hours", "Hours", "…", Unit.NUMBER, Quantile("fee_centavos", (1, 2), per=3600)),
    Measure("of_pix", "Of pix", "…", Unit.NUMBER, Quantile("fee_centavos", (1, 2), where="product = 'pix'")),
    Measure("count", "Count", "…", Unit.COUNT, Sum("quantity_transactions")),
    Measure("state", "State", "…", Unit.COUNT, Last("quantity_transactions")),
    Measure("cost", "Cost", "…", Unit.BRL, Sum("cost_centavos"), zero=False),
    Measure("per_lead", "Cost per lead", "…", Unit.BRL, Ratio(Sum("cost_centavos"), Sum("quantity_transactions"))),
    Measure("roi", "ROI", "…", Unit.PERCENT, Gain(Sum("amount_centavos"), Sum("cost_centavos"), Sum("cost_centavos"))),
)
DENSE = SemanticModel(
    "payments", "Test", "payments", "kpi_daily", (Dimension("product", "Product", "product"),), MEASURES, "x"
)
SPARSE = SemanticModel(
    "payments",
    "Test",
    "payments",
    "kpi_daily",
    (Dimension("product", "Product", "product"),),
    MEASURES,
    "x",
    sparse=True,
)


def ask(reader, *measures, model=SPARSE, **options):
    reader.first_day = None
    return answer(reader, Query(model, measures, **options), {}).rows


def expected_of(values, cut):
    if not values:
        return None
    if len(values) == 1:
        return Decimal(values[0])
    return Decimal(repr(statistics.quantiles(values, n=10, method="inclusive")[cut - 1]))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([DAY, DAY - dt.timedelta(days=7), DAY - dt.timedelta(days=1)]),
            st.sampled_from(["pix", "pos"]),
            st.one_of(st.none(), st.integers(-5, 40), st.integers(0, 10**9)),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_the_values_of_the_standard_library_by_group_and_base(load, rows):
    reader = load([fact(day, 1, 1, product=product, fee_centavos=value) for day, product, value in rows])
    found = ask(reader, "median", "p90", model=DENSE, by=["product"], period=Period(DAY, DAY), compare=["w1"])
    today = {product for day, product, _value in rows if day == DAY}
    assert {row["product"] for row in found} == today
    before = DAY - dt.timedelta(days=7)
    for row in found:
        for name, cut in (("median", 5), ("p90", 9)):
            known = {
                day: [v for d, product, v in rows if (d, product) == (day, row["product"]) and v is not None]
                for day in (DAY, before)
            }
            assert _close(row[name], expected_of(known[DAY], cut))
            assert _close(row["compare"][name]["w1"].base, expected_of(known[before], cut))


def _close(found, wanted):
    if found is None or wanted is None:
        return found is wanted
    return abs(found - wanted) <= Decimal("0.0001")  # the standard library reckons in floats


def test_a_group_without_values_is_there_whatever_is_asked_with_it(load):
    reader = load([fact(DAY, 1, 1, product="pix", fee_centavos=7200), fact(DAY, 1, 1, product="pos")])
    assert ask(reader, "hours", by=["product"], period=Period(DAY, DAY)) == [
        {"product": "pix", "hours": 2},
        {"product": "pos", "hours": None},
    ]
    assert ask(reader, "of_pix", "count", by=["product"], period=Period(DAY, DAY)) == [
        {"product": "pix", "of_pix": 7200, "count": 1},
        {"product": "pos", "of_pix": None, "count": 1},
    ]
    assert ask(reader, "median", where={"product": ["none"]}, period=Period(DAY, DAY)) == [{"median": None}]


def test_quantiles_of_a_month_and_the_month_before(load):
    days = [dt.date(2025, 1, 3), dt.date(2025, 1, 30), dt.date(2025, 2, 1), dt.date(2025, 2, 28)]
    reader = load([fact(day, 1, 1, fee_centavos=i * 10) for i, day in enumerate(days)])
    period = Period(dt.date(2025, 2, 1), dt.date(2025, 2, 28))
    (row,) = ask(reader, "median", "count", period=period, compare=["m1"])
    assert row["median"] == 25
    assert row["compare"]["median"]["m1"].base is None  # 1 January lies before the data
    rows = ask(reader, "median", by=["month"], period=Period(days[0], days[-1]))
    assert [row["median"] for row in rows] == [5, 25]


def test_a_sparse_day_is_a_zero_within_the_data_and_unknown_outside(load):
    reader = load([fact(DAY, 1, 3), fact(DAY - dt.timedelta(days=3), 1, 2)])
    rows = ask(reader, "count", "cost", by=["day"], period=Period(DAY - dt.timedelta(days=4), DAY), compare=["d1"])
    assert [row["count"] for row in rows] == [2, 0, 0, 3]
    assert [row["cost"] for row in rows] == [None] * 4
    assert [row["compare"]["count"]["d1"].base for row in rows] == [None, 2, 0, 0]
    one = Period(DAY - dt.timedelta(days=1), DAY - dt.timedelta(days=1))
    assert ask(reader, "count", period=one) == [{"count": 0}]
    assert ask(reader, "count", model=DENSE, period=one) == [{"count": None}]
    far = DAY + dt.timedelta(days=9)
    assert ask(reader, "count", "median", period=Period(far, far)) == [{"count": None, "median": None}]


def test_a_cost_nobody_told_is_unknown_and_so_is_what_hangs_on_it(load):
    rows = [fact(DAY, 5000, 2, product="pix", cost_centavos=1000), fact(DAY, 900, 1, product="pos")]
    found = ask(load(rows), "cost", "per_lead", "roi", by=["product"], period=Period(DAY, DAY))
    assert found == [
        {"product": "pix", "cost": 10, "per_lead": 5, "roi": 400},
        {"product": "pos", "cost": None, "per_lead": None, "roi": None},
    ]
    free = load([fact(DAY, 900, 1, cost_centavos=0)])
    assert ask(free, "cost", "roi", period=Period(DAY, DAY)) == [{"cost": 0, "roi": None}]


def test_a_state_is_that_of_the_last_day_of_the_period_that_has_data(load):
    day = dt.date(2025, 1, 30)
    reader = load([fact(day + dt.timedelta(days=i), 1, 10 + i) for i in range(5)])  # until 3 February
    year = Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    assert ask(reader, "state", "count", period=year) == [{"state": 14, "count": 60}]
    assert [row["state"] for row in ask(reader, "state", by=["month"], period=year)] == [11, 14]
    (row,) = ask(reader, "state", period=Period(day, day + dt.timedelta(days=1)), compare=["d1"])
    assert row["state"] == 11


def test_no_expectation_and_no_parts_of_a_quantile_or_a_state(duck):
    reader = duck([fact(DAY - dt.timedelta(days=i), 1, 2, fee_centavos=i) for i in range(40)])
    (row,) = ask(reader, "median", "count", "state", period=Period(DAY, DAY), compare=["expected"])
    assert row["compare"]["median"]["expected"].base is None
    assert row["compare"]["state"]["expected"].base is None
    assert row["compare"]["count"]["expected"].base == 2
    for name in ("median", "state", "roi"):
        with pytest.raises(BadInput) as error:
            explanation(reader, question(SPARSE, name, DAY, "d1", ["product"]), {})
        assert error.value.field == "measure"
