"""Alerts become cases: once, lasting while the departure lasts, and heard when the data stop."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.translation import override

from farol.core import clock
from farol.core.errors import NotFound
from farol.engines.alerts import cases, output
from farol.engines.alerts.findings import Alert, Kind, Status
from farol.engines.alerts.judgement import Detection
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.queries import case_for, cases_for, precision
from farol.engines.alerts.rules import rules_of
from farol.engines.alerts.words import sentence, title
from farol.engines.workflow import run
from farol.engines.workflow.models import HistoryEntry
from farol.platform.accounts.principal import OPERATOR, Principal

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 2, 14)


@pytest.fixture
def rules():
    (found,) = rules_of("payments")
    return found


def alert(rules, day=DAY, **changes) -> Alert:
    found = Alert(
        date=day,
        segment=(("product", "pix"),),
        measure=rules.semantic_model.measure("tpv"),
        kind=Kind.LEVEL,
        observed=Decimal("600.00"),
        expected=Decimal("1000.00"),
        low=Decimal("900.00"),
        high=Decimal("1100.00"),
        delta=Decimal("-400.00"),
        impact=Decimal("-400.00"),
        z=-1.23456,
        score=-7.0,
        p=0.0001,
        direction="down",
        since=day,
    )
    return replace(found, **changes)


def keep(rules, *alerts: Alert) -> list[AlertCase]:
    return list(cases.record(rules, Detection(alerts[0].date, "1", alerts, 10)).values())


def after(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def test_running_again_changes_nothing(rules):
    (first,) = keep(rules, alert(rules))
    entries = HistoryEntry.objects.count()
    (again,) = keep(rules, alert(rules))
    assert (again.pk, again.version, HistoryEntry.objects.count()) == (first.pk, first.version, entries)


def test_explained_ones_are_no_cases(rules):
    explained = alert(rules, status=Status.EXPLAINED, explained_by=((("product", "link"),),))
    assert keep(rules, explained) == []


def test_the_next_day_goes_on_with_the_same_case(rules):
    (case,) = keep(rules, alert(rules))
    (same,) = keep(rules, alert(rules, after(1), observed=Decimal("500.00"), delta=Decimal("-500.00")))
    assert same.pk == case.pk
    assert (same.first_day, same.last_day, same.days) == (DAY, after(1), 2)
    assert same.figure("observed") == "500.00"
    assert same.status == "new"
    (older,) = keep(rules, alert(rules))
    assert older.pk == case.pk
    assert AlertCase.objects.get().last_day == after(1)


def test_another_direction_or_measure_is_another_case(rules):
    found = keep(
        rules,
        alert(rules),
        alert(rules, direction="up"),
        alert(rules, measure=rules.semantic_model.measure("transactions")),
    )
    assert len({case.pk for case in found}) == 3


def test_what_was_judged_lasts_quietly_and_comes_back_as_new(rules):
    (case,) = keep(rules, alert(rules))
    run(case, "noise", OPERATOR)
    (same,) = keep(rules, alert(rules, after(1)))
    assert (same.pk, same.status) == (case.pk, "closed")
    (other,) = keep(rules, alert(rules, after(9)))
    assert other.pk != case.pk
    assert other.status == "new"


def test_a_departure_seen_late_begins_when_it_began(rules):
    (case,) = keep(rules, alert(rules, since=after(-3)))
    assert (case.first_day, case.last_day) == (after(-3), DAY)


def test_sleepers_wake_on_their_day(rules):
    (case,) = keep(rules, alert(rules))
    tomorrow = clock.today() + dt.timedelta(days=1)
    run(case, "snooze", OPERATOR, data={"until": tomorrow.isoformat()})
    assert cases.wake_due(clock.today()) == 0
    assert cases.wake_due(tomorrow) == 1
    case.refresh_from_db()
    assert (case.status, case.snoozed_until) == ("new", None)


def test_silence_is_an_event_and_told_once(rules, monkeypatch):
    until = {"day": after(0)}
    monkeypatch.setattr(cases, "_complete_until", lambda _rules: until["day"])
    assert cases.check_silence(rules, after(1)) is None
    case = cases.check_silence(rules, after(2))
    assert (case.kind, case.first_day, case.last_day) == ("stale", after(1), after(1))
    again = cases.check_silence(rules, after(4))
    assert again.pk == case.pk
    assert (again.first_day, again.last_day) == (after(1), after(3))
    until["day"] = None
    assert cases.check_silence(rules, after(5)).pk == case.pk
    assert title(again)
    assert sentence(again)


def test_only_people_of_the_area_see_its_cases(rules):
    (case,) = keep(rules, alert(rules))
    may = Principal(frozenset({"alerts.view", "dashboard.payments"}))
    for rights in ({"alerts.view"}, {"dashboard.payments"}, set()):
        blind = Principal(frozenset(rights))
        assert not cases_for(blind).exists()
        with pytest.raises(NotFound):
            case_for(blind, case.pk)
    with pytest.raises(NotFound):
        case_for(may, case.pk + 1)
    assert case_for(may, case.pk) == case


def test_precision_counts_verdicts(rules):
    assert precision(OPERATOR) == []
    for days, verdict in ((0, "useful"), (10, "noise"), (20, "useful"), (30, "useful")):
        (case,) = keep(rules, alert(rules, after(days)))
        run(case, verdict, OPERATOR)
    (row,) = precision(OPERATOR)
    assert (row.rule, row.judged, row.percent) == ("expected", 4, 75.0)


def test_the_row_is_the_contract(rules):
    detection = Detection(DAY, "7", (alert(rules),), 10)
    found = output.as_json(detection, cases.record(rules, detection))
    (row,) = found.pop("alerts")
    assert found == {"date": "2025-02-14", "data_version": "7", "checked": 10}
    assert row.pop("case") == {"id": AlertCase.objects.get().pk, "state": "new"}
    assert row == {
        "date": "2025-02-14", "segment": {"product": "pix"}, "measure": "tpv", "kind": "level",
        "observed": "600.00", "expected": "1000.00", "low": "900.00", "high": "1100.00", "delta": "-400.00",
        "impact": "-400.00", "z": -1.2346, "score": -7.0, "direction": "down", "since": "2025-02-14",
        "status": "new", "explained_by": [], "causes": [],
    }  # fmt: skip
    assert "pix" in output.table(detection)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"direction": "up", "delta": Decimal("400.00")},
        {"kind": Kind.VANISHED, "observed": Decimal(0), "delta": Decimal("-1000.00")},
        {"kind": Kind.NEW, "expected": None, "low": None, "high": None, "delta": None, "z": None, "score": None},
        {"segment": ()},
        {"since": DAY - dt.timedelta(days=2)},
    ],
    ids=["fall", "rise", "vanished", "new", "whole", "lasting"],
)
@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_every_kind_has_words(rules, changes, language):
    (case,) = keep(rules, alert(rules, **changes))
    with override(language):
        words = f"{title(case)} {sentence(case)}"
    assert "%(" not in words
    assert "None" not in words
    assert ("Pix" in words) == bool(case.segment)


def test_corrected_data_correct_the_case_of_that_day(rules):
    (case,) = keep(rules, alert(rules))
    (same,) = keep(rules, alert(rules, observed=Decimal("650.00"), delta=Decimal("-350.00")))
    assert (same.pk, same.figure("observed"), same.version) == (case.pk, "650.00", 2)
