"""What must hold whatever the facts are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farol.engines.metrics import Period, Query
from farol.engines.metrics.answer import answer
from farol.engines.metrics.contribution import explanation, question
from farol.platform.calendar import SHIFTS, shift

from .conftest import FACT_COLUMNS, TableReader, fact

START = dt.date(2025, 2, 20)
DAYS = st.integers(0, 40).map(lambda n: START + dt.timedelta(days=n))
FACTS = st.lists(
    st.builds(
        lambda day, amount, count, product, method, parts: fact(
            day, amount, count, product=product, payment_method=method, installments=parts
        ),
        DAYS,
        st.integers(-5, 10**12),
        st.integers(0, 10**6),
        st.sampled_from(["pos", "tap", "pix"]),
        st.sampled_from(["credit", "debit"]),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=60,
)
thorough = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def filled(duck):
    """`filled(facts)` puts other facts in the same tables and gives a reader on them."""
    engine = duck([fact(START + dt.timedelta(days=n), 1, 1) for n in range(41)]).engine

    def fill(facts):
        engine.run("DELETE FROM kpi_daily")
        engine.insert("kpi_daily", FACT_COLUMNS, facts)
        return TableReader(engine, START + dt.timedelta(days=40))

    return fill


def ask(reader, *measures, **options):
    return answer(reader, Query("payments", measures, **options), {}).rows


@thorough
@given(FACTS, DAYS, st.integers(0, 20), st.sampled_from([["product"], ["day"], ["week", "payment_method"], ["kind"]]))
def test_groups_add_up_to_the_whole(filled, facts, start, days, by):
    reader, period = filled(facts), Period(start, start + dt.timedelta(days=days))
    (whole,) = ask(reader, "tpv", "transactions", "merchants_upper_bound", period=period)
    groups = ask(reader, "tpv", "transactions", "merchants_upper_bound", by=by, period=period)
    for name, total in whole.items():
        assert sum(row[name] for row in groups) == (total or 0)


@thorough
@given(FACTS, DAYS, st.sampled_from(SHIFTS))
def test_a_comparison_is_the_figure_of_the_base_day(filled, facts, day, name):
    reader = filled(facts)
    base_day = shift(day, name)
    (row,) = ask(reader, "tpv", "transactions", "average_ticket", period=Period(day, day), compare=[name])
    (base,) = ask(reader, "tpv", "transactions", "average_ticket", period=Period(base_day, base_day))
    for measure, value in base.items():
        found = row["compare"][measure][name]
        assert found.base_date == base_day
        assert found.base == value
        if value is None or row[measure] is None:
            assert found.delta is None
        elif measure != "average_ticket":
            assert found.delta == row[measure] - value
            assert found.pct == Decimal(row[measure] - value) * 100 / value


@thorough
@given(FACTS, DAYS, st.sampled_from(["d1", "w1", "m1"]), st.sampled_from(["tpv", "transactions", "average_ticket"]))
def test_contributions_add_up(filled, facts, day, against, measure):
    reader = filled(facts)
    for by in (["product", "payment_method"], ()):
        found = explanation(reader, question("payments", measure, day, against, by), {})
        if found.delta is None:
            assert found.segments == []
            continue
        assert sum(s.delta for s in found.segments) == found.delta
        assert all(s.volume_effect + s.ticket_effect == s.delta for s in found.segments)
        names = [s.segment for s in found.segments]
        assert all(segment in names for segment in found.explained_by)
        assert len(found.explained_by) < max(1, len(names)) or not found.explained_by
