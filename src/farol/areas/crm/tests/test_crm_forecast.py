"""The forecast of the month: nothing of later is known, goals are never derived, what was said stays as it was said."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from django.utils import translation

from farol.areas.crm.boards.records import open_records
from farol.areas.crm.forecasting import frozen, outlook, shown
from farol.areas.crm.forecasting.goals import MonthGoal
from farol.areas.crm.forecasting.outlook import Outlook
from farol.areas.crm.forecasting.past import Cell
from farol.areas.crm.forecasting.pipeline import ANY, Month, rates_of, rest_of_month
from farol.areas.crm.forecasting.spans import back, same_distance
from farol.areas.crm.models import Forecast, Goal
from farol.areas.crm.tests import selling
from farol.areas.crm.tests.company import company, published  # noqa: F401 - a fixture
from farol.areas.crm.tests.selling import FOREVER
from farol.cli.root import build
from farol.engines.sources.models import PersonLink
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM

FIRST, LAST, AS_OF = dt.date(2026, 1, 1), dt.date(2026, 10, 31), dt.date(2026, 9, 12)
CLOSED = """
SELECT COALESCE(SUM(revenue_centavos), 0) AS revenue FROM deal WHERE closed_day >= ? AND closed_day <= ? AND {seen}
"""
GOAL = MonthGoal(revenue=20_000_000.0, won=40, leads=100, sellers={"101": 9_000_000.0})


@pytest.fixture(scope="module")
def rows() -> list[selling.Row]:
    return selling.states(FIRST, LAST, a_day=2.5)


def _look(rows: list[selling.Row], day: dt.date, goal: MonthGoal = GOAL) -> Outlook:
    return outlook.looked(selling.records(rows, LAST), day, LAST, goal)


def _won(rows: list[selling.Row], first: dt.date, last: dt.date) -> int:
    return sum(row["value_centavos"] for row in rows if row["status"] == "won" and first <= row["from_day"] <= last)


def _said(found: Outlook) -> tuple[Any, ...]:
    judged = found.contest
    return found.targets, judged.found, judged.rivals, judged.trials, judged.chosen, found.actions


def test_what_happens_later_changes_nothing(rows: list[selling.Row]) -> None:
    known = [{**row, "to_day": row["to_day"] if row["to_day"] < AS_OF else FOREVER} for row in rows]
    known = [row for row in known if row["from_day"] <= AS_OF]
    later = [row for row in rows if row["from_day"] > AS_OF]
    other = [{**row, "value_centavos": 99_999_999, "status": "won", "responsible_id": "103"} for row in later]
    truth = _said(_look(rows, AS_OF))
    assert _said(_look(known, AS_OF)) == truth
    assert _said(_look([row for row in rows if row not in later] + other, AS_OF)) == truth
    assert _said(_look(rows, AS_OF + dt.timedelta(days=1))) != truth


def test_a_lead_deleted_later_was_there_that_day(rows: list[selling.Row]) -> None:
    gone = next(row["lead_id"] for row in rows if row["from_day"] > AS_OF and row["created_day"] < AS_OF)
    kept = [row for row in rows if row["lead_id"] != gone or row["from_day"] <= AS_OF]
    end = {"status": "deleted", "from_day": AS_OF + dt.timedelta(days=9), "to_day": FOREVER}
    deleted = [*kept, {**next(row for row in kept if row["lead_id"] == gone), **end}]
    reader: Any = selling.DuckReader(deleted, LAST)
    reader.connection.execute("DELETE FROM intake WHERE lead_id = ?", [gone])
    records = selling.Records(reader, {}, {})
    assert outlook.looked(records, AS_OF, LAST, GOAL).targets["leads"] == _look(rows, AS_OF).targets["leads"]


def test_so_far_is_exact_and_the_month_ends_near(rows: list[selling.Row]) -> None:
    misses, rival, inside, count = 0.0, 0.0, 0, 0
    for back_by in range(1, 4):
        day = same_distance(AS_OF, back_by)
        found = _look(rows, day)
        revenue, month = found.targets["revenue"], day.replace(day=1)
        assert revenue.so_far == _won(rows, month, day)
        assert revenue.so_far <= revenue.found.low <= revenue.found.value <= revenue.found.high
        truth = _won(rows, month, back(month, -1) - dt.timedelta(days=1))
        misses += abs(revenue.found.value - truth) / truth
        rival += abs(found.contest.rivals["revenue"]["run_rate"] - truth) / truth
        inside += revenue.found.low <= truth <= revenue.found.high
        count += 1
    assert misses < 1.2 * rival
    assert inside >= count - 1


def test_without_a_goal_there_is_no_gap_and_no_risk(rows: list[selling.Row]) -> None:
    for target in _look(rows, AS_OF, MonthGoal()).targets.values():
        assert (target.goal, target.gap, target.needed_per_day, target.risk) == (None,) * 4


@pytest.mark.parametrize(
    ("share", "risk"),
    [(1.5, "none"), (1.0, "none"), (0.95, "low"), (0.85, "medium"), (0.75, "high"), (0.5, "critical")],
)
def test_risk_is_the_gap_in_percent_of_the_goal(rows: list[selling.Row], share: float, risk: str) -> None:
    expected = _look(rows, AS_OF).targets["revenue"].found.value
    target = _look(rows, AS_OF, MonthGoal(revenue=expected / share)).targets["revenue"]
    assert target.risk == risk
    assert target.gap == pytest.approx(expected / share - expected)


def test_actions_come_from_the_numbers(rows: list[selling.Row]) -> None:
    with translation.override("en"):
        found = {action.code: action for action in _look(rows, AS_OF, MonthGoal(revenue=3e7)).actions}
    assert {"old_deals", "unanswered", "leads_needed"} <= set(found)
    end = [r for r in rows if r["from_day"] <= AS_OF <= r["to_day"] and r["status"] == "open"]
    assert found["unanswered"].count == len(end)  # nobody has answered anybody here
    assert str(found["leads_needed"].count) in found["leads_needed"].text


def test_a_young_company_is_told_its_run_rate() -> None:
    young = selling.states(dt.date(2026, 10, 1), LAST)
    found = outlook.looked(selling.records(young, LAST), dt.date(2026, 10, 20), LAST, MonthGoal())
    assert found.contest.chosen == "run_rate"
    assert found.targets["leads"].found.value > found.targets["leads"].so_far


def test_rates_lean_on_the_wider_group() -> None:
    stage = ("Vendas", "12")
    many, few = Cell(stage, 0, 1000, 0, 0, 0, 200, 0), Cell(stage, 4, 1, 0, 0, 0, 1, 0)
    rates = rates_of([many, few])
    assert rates[stage, 0] == pytest.approx(0.2, abs=0.001)
    assert 0.2 < rates[stage, 4] < 0.3
    assert rates[ANY] == 201 / 1001


def test_deals_without_a_value_count_with_the_mean_of_what_was_won() -> None:
    stage = ("Vendas", "12")
    month = Month([Cell(stage, 0, 100, 100, 100_000.0, 1e8, 20, 20_000.0)], won=25, revenue=25_000.0)
    rest = rest_of_month([Cell(stage, 0, 10, 0, 0.0, 0.0, 0, 0.0)], [month] * 6)
    assert rest is not None
    assert rest.won == pytest.approx(10 * 0.2 + 5)
    assert rest.revenue == pytest.approx(10 * 0.2 * 1000 + 5_000)
    assert rest_of_month([], []) is None


@pytest.mark.django_db
def test_what_was_kept_stays_and_is_graded_when_the_month_is_over(rows: list[selling.Row]) -> None:
    said = _look(rows, AS_OF)
    assert frozen.freeze(said, SYSTEM) > 0
    before = list(Forecast.objects.order_by("pk").values_list("model", "target", "value", "low", "high"))
    assert {"run_rate", "pipeline", "series", "blend"} == {model for model, *_rest in before}
    other = outlook.looked(selling.records(selling.states(FIRST, LAST, seed=9, a_day=2.5), LAST), AS_OF, LAST, GOAL)
    assert frozen.freeze(other, SYSTEM) == 0
    assert before == list(Forecast.objects.order_by("pk").values_list("model", "target", "value", "low", "high"))
    assert frozen.grade(_complete(said, dt.date(2026, 9, 29))) == 0
    assert frozen.grade(_look(rows, LAST)) == len(before)
    row = Forecast.objects.get(target="revenue", model="run_rate")
    assert row.actual == Decimal(_won(rows, dt.date(2026, 9, 1), dt.date(2026, 9, 30))) / 100
    assert row.error_pct == pytest.approx(abs(row.value - row.actual) * 100 / row.actual, abs=Decimal("0.001"))
    assert frozen.grade(_look(rows, LAST)) == 0


def _complete(found: Outlook, until: dt.date) -> Outlook:
    return Outlook(**{**vars(found), "complete_until": until})


def _asked(*more: str) -> dict[str, Any]:
    result = CliRunner().invoke(build(), ["forecast", "crm", "--format", "json", *more])
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_the_command_answers_as_fixed(company: Any) -> None:  # noqa: F811
    Goal.objects.create(month=dt.date(2026, 11, 1), revenue=Decimal("50000.00"), won=20)
    found = _asked("--as-of", "2026-11-15")
    assert (found["as_of"], found["month"]) == ("2026-11-15", "2026-11")
    assert found["complete_until"] == "2026-11-20"
    assert set(found["revenue"]) == {
        *("so_far", "forecast", "low", "high", "goal", "gap"),
        *("needed_per_day", "business_days_left", "risk"),
    }
    assert found["revenue"]["goal"] == "50000.00"
    assert found["revenue"]["business_days_left"] == 10  # without Consciência Negra
    assert found["leads"]["goal"] is None
    assert set(found["rivals"]) == {"run_rate", "seasonal_naive"}
    assert found["frozen"] is True
    assert _asked("--as-of", "2026-11-15") == found
    assert _asked()["as_of"] == "2026-11-20"


def test_sellers_and_channels_with_a_goal_are_kept_graded_and_shown(company: Any) -> None:  # noqa: F811
    october, november = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
    for month in (october, november):
        for who, channel in (("", ""), ("101", ""), ("", "paid"), ("102", "paid"), ("nobody", "")):
            Goal.objects.create(month=month, responsible_id=who, channel=channel, revenue=Decimal(50_000))
    for day in (dt.date(2026, 10, 15), None):
        found = outlook.outlook(day, SYSTEM)
        frozen.freeze(found, SYSTEM, outlook.of_goals(found))
    assert set(Forecast.objects.values_list("subject", flat=True)) == {"", "101", "channel:paid"}
    frozen.grade(found)
    for subject, rows in (("101", {"responsible_id": ("101",)}), ("channel:paid", {"channel": ("paid",)})):
        with open_records(SYSTEM, rows) as records:
            (came,) = records.ask(CLOSED, october, dt.date(2026, 10, 31))
        graded = Forecast.objects.filter(subject=subject, target="revenue", month=october)
        assert {row.actual for row in graded} == {Decimal(int(came["revenue"])) / 100}
    published()  # goals have names there
    whole, own = _page("manager"), _page("seller", "101")
    assert [row["name"] for row in whole["subjects"]] == ["Pago", "Ana Souza (101)"]
    assert ({row.subject for row in whole["graded"]}, own["subjects"]) == ({""}, [])
    assert {row.subject for row in own["graded"]} == {"101"}


def _page(role: str, seller: str = "") -> Any:
    user = User.objects.create_user(f"{role}@example.com", "uma senha comprida 9")
    user.roles.set([Role.objects.get(slug=role)])
    if seller:
        PersonLink.objects.create(user=user, source="kommo", external_id=seller)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    return client.get(reverse("crm:forecast")).context


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ({"series": 20.0, "run_rate": 12.0, "seasonal_naive": 15.0}, "12"),
        ({"series": 10.0, "run_rate": 12.0}, ""),
        ({"series": 10.0}, ""),
        ({}, ""),
    ],
)
def test_who_reads_is_told_that_a_naive_rival_was_nearer(errors, said):
    sentence = shown.caution(SimpleNamespace(contest=SimpleNamespace(errors=errors, chosen="series")))
    assert bool(sentence) == bool(said)
    assert said in sentence
