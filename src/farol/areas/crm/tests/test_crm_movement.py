"""What moved the open deals: the steps lead from the opening to the closing value, to the centavo."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farol.areas.crm.boards.flow import _nth
from farol.areas.crm.boards.movement import CHANGED, movement, steps_of, steps_with_leads
from farol.areas.crm.boards.records import open_records
from farol.areas.crm.tests.company import company  # noqa: F401 - a fixture
from farol.engines.metrics import Period
from farol.platform.accounts.principal import OPERATOR

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PERIOD = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31))
DAYS = st.sampled_from([dt.date(2026, 9, 1), dt.date(2026, 10, 10)])
STATES = st.none() | st.tuples(st.sampled_from(["open", "won", "lost"]), st.integers(0, 10**12), st.booleans())


LIVES = st.lists(st.tuples(DAYS, STATES, STATES), max_size=12)
"""Leads: day of creation, and state (status, value, whether it is seen) at either end, None where not there."""


def changed(leads):
    """What the statement gives for them."""
    for number, (created, before, after) in enumerate(leads):
        old = before if before and before[0] == "open" else None
        new = after if after and (after[0] == "open" or after != before) else None
        seen = bool(old and old[2]), bool(new and new[2])
        same = all(seen) and new[0] == "open" and old[1] == new[1]
        if any(seen) and not same:
            yield {
                "connection_id": "default",
                "lead_id": str(number),
                "leads": 1,
                "old_here": int(bool(old)),
                "old_seen": int(seen[0]),
                "old_value": old[1] if old else None,
                "old_name": "",
                "old_seller": "",
                "new_here": int(bool(new)),
                "new_seen": int(seen[1]),
                "new_value": new[1] if new else None,
                "new_name": "",
                "new_seller": "",
                "new_status": new[0] if new else None,
                "is_new": PERIOD.start <= created <= PERIOD.end,
                "differs": not (old and new and old[1] == new[1]),
            }


def open_value(states):
    return sum(state[1] for state in states if state and state[0] == "open" and state[2])


@patient
@given(LIVES)
def test_the_steps_add_up_whatever_happened(leads):
    leads = [(created, before if created < PERIOD.start else None, after) for created, before, after in leads]
    steps = steps_of(changed(leads))
    opening, closing = (open_value(lead[side] for lead in leads) for side in (1, 2))
    assert opening + sum(step.amount for step in steps) == closing


@pytest.mark.django_db
@pytest.mark.usefixtures("company")
def test_published_data_add_up_too_and_each_way_is_told_apart():
    starts = (dt.date(2026, 9, 1), dt.date(2026, 9, 3), dt.date(2026, 10, 1), dt.date(2026, 11, 10))
    for where in ({}, {"pipeline": ("Vendas",)}, {"pipeline": ("Parcerias",)}, {"responsible_id": ("103",)}):
        with open_records(OPERATOR, where) as records:
            for first, length in itertools.product(starts, (0, 6, 30)):
                found = movement(records, Period(first, first + dt.timedelta(days=length)))
                assert found.opening + sum(s.amount for s in found.steps) == found.closing, (where, first, length)
                listed = steps_with_leads(records, found.period)
                assert [(s.name, s.leads, s.amount) for s in found.steps] == [
                    (s.name, len(s.parts), sum(part.amount for part in s.parts)) for s in listed
                ]
    with open_records(OPERATOR, {"pipeline": ("Vendas",)}) as records:
        steps = steps_with_leads(records, Period(dt.date(2026, 9, 5), dt.date(2026, 10, 31)))
    leads = {step.name: {part.lead_id: part.amount for part in step.parts} for step in steps}
    assert leads["moved_out"] == {"to-partners": -70_000}
    assert leads["reopened"] == {"reopened": 120_000}
    assert leads["lost"]["back-and-lost"] == -50_000
    assert leads["won"]["last-second"] == -100_000
    assert leads["new"]["last-second"] == 100_000


def test_the_statement_names_what_the_steps_read():
    assert all(f" AS {name}" in CHANGED for name in ("old_seen", "new_seen", "old_value", "new_value", "new_status"))


@patient
@given(st.lists(st.integers(0, 50), min_size=2, max_size=30))
def test_days_to_a_stage_have_the_usual_quantiles(values):
    counted = [(value, 1) for value in sorted(values)]
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    assert float(_nth(counted, len(values), 1, 2)) == pytest.approx(statistics.median(values))
    assert float(_nth(counted, len(values), 9, 10)) == pytest.approx(tenths[8])
