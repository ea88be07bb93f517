"""Goals, marketing spend and marks: typed, from a file, audited, and never reckoned from the result."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from farol.areas.crm import importers
from farol.areas.crm.models import Goal, Mark, Spend
from farol.areas.crm.planning import pages
from farol.areas.crm.planning.goals import GoalValues, set_goal
from farol.areas.crm.planning.marks import set_mark
from farol.areas.crm.planning.sellers import month_of, seller_of
from farol.areas.crm.planning.spend import SpendKey, set_spend
from farol.core.errors import BadInput, NotAllowed, NotFound
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, Principal, principal_of
from farol.platform.audit.models import Entry
from farol.platform.exports import Column, xlsx
from farol.platform.imports import Given

pytestmark = pytest.mark.django_db
NOV = dt.date(2026, 11, 1)
NOBODY = Principal(frozenset({"dashboard.commercial"}))
PAID = SpendKey("paid", "Google Ads")


@pytest.fixture
def manager(client):
    user = User.objects.create_user("m@example.com", name="Marta Gestora", password="a-long-enough-one")
    user.roles.add(Role.objects.get(slug="manager"))
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Two sellers of the loaded data, and a namesake."""
    names = {"101": "Ana Souza", "104": "Samuel Tavares", "105": "Bia", "106": "bia"}
    monkeypatch.setattr(pages, "sellers", lambda: names)
    monkeypatch.setattr(importers, "sellers", lambda: names)
    return names


def waiting() -> int:
    return DBTaskResult.objects.filter(status="READY").count()


def test_a_goal_is_set_replaced_taken_away_and_audited():
    set_goal(dt.date(2026, 11, 20), "104", "paid", GoalValues(Decimal("250000.00"), 40), SYSTEM)
    set_goal(NOV, "104", "paid", GoalValues(Decimal("300000.00"), None, 90), SYSTEM)
    set_goal(NOV, "", "", GoalValues(won=100), SYSTEM)
    (company, own) = Goal.objects.filter(month=NOV)
    assert (company.won, company.revenue) == (100, None)
    assert (own.revenue, own.won, own.leads) == (Decimal("300000.00"), None, 90)
    set_goal(NOV, "104", "paid", GoalValues(), SYSTEM)
    assert [goal.responsible_id for goal in Goal.objects.all()] == [""]
    assert Entry.objects.filter(code="crm.goal_set").count() == 4
    assert waiting() == 1  # one rebuild for all of them


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("", "tv", GoalValues(won=1)), "channel"),
        (("x" * 81, "", GoalValues(won=1)), "responsible_id"),
        (("", "", GoalValues(revenue=Decimal(0))), "revenue"),
        (("", "", GoalValues(won=0)), "won"),
        (("", "", GoalValues(leads=10**12)), "leads"),
    ],
)
def test_goals_that_make_no_sense(arguments, field):
    with pytest.raises(BadInput) as error:
        set_goal(NOV, *arguments, SYSTEM)
    assert error.value.field == field


def test_the_right_is_needed():
    for change in (
        lambda: set_goal(NOV, "", "", GoalValues(won=1), NOBODY),
        lambda: set_spend(NOV, NOV, PAID, Decimal(1), NOBODY),
        lambda: set_mark("roi", Decimal(1), NOBODY),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_no_day_is_entered_twice_for_the_same():
    set_spend(NOV, dt.date(2026, 11, 30), PAID, Decimal(1000), SYSTEM)
    set_spend(NOV, dt.date(2026, 11, 30), PAID, Decimal(900), SYSTEM)  # the same range: corrected
    assert Spend.objects.get().amount == 900
    with pytest.raises(BadInput) as error:
        set_spend(dt.date(2026, 11, 30), dt.date(2026, 12, 2), PAID, Decimal(1), SYSTEM)
    assert error.value.field == "first"
    set_spend(dt.date(2026, 12, 1), dt.date(2026, 12, 2), PAID, Decimal(1), SYSTEM)
    set_spend(NOV, NOV, SpendKey("paid", "Meta Ads"), Decimal(1), SYSTEM)
    set_spend(NOV, dt.date(2026, 11, 30), PAID, None, SYSTEM)
    assert Spend.objects.count() == 2
    for bad in (
        (NOV, NOV - dt.timedelta(days=1), PAID, Decimal(1)),
        (NOV, dt.date(2028, 1, 1), PAID, Decimal(1)),
        (NOV, NOV, SpendKey("tv"), Decimal(1)),
        (NOV, NOV, SpendKey("paid", "x" * 61), Decimal(1)),
        (NOV, NOV, SpendKey("outbound"), Decimal(-1)),
    ):
        with pytest.raises(BadInput):
            set_spend(*bad, SYSTEM)


def test_marks_are_there_and_move():
    assert {m.name: (m.statistic, m.comparison, m.value) for m in Mark.objects.all()} == {
        "win_rate": ("value", "gt", 25),
        "average_ticket": ("value", "gt", 5000),
        "first_response_hours": ("mean", "lt", 2),
        "completion": ("value", "gt", 80),
        "cycle_days": ("mean", "lt", 30),
        "cost_per_lead": ("value", "lt", 200),
        "roi": ("value", "gt", 300),
    }
    set_mark("win_rate", Decimal("27.5"), SYSTEM)
    assert Mark.objects.get(name="win_rate").value == Decimal("27.5")
    assert Entry.objects.get(code="crm.mark_set").params == {"value": "27.5"}
    with pytest.raises(NotFound):
        set_mark("nothing", Decimal(1), SYSTEM)
    with pytest.raises(BadInput):
        set_mark("roi", Decimal(0), SYSTEM)


def test_the_pages(client, manager):
    url = reverse("crm:goals")
    assert client.post(url, {"month": "2026-11", "revenue": "250.000,00", "responsible_id": "104"}).status_code == 302
    page = client.get(url).content.decode()
    assert "Samuel Tavares" in page
    assert "250.000,00" in page
    assert client.post(url, {"month": "2026-11"}).status_code == 422
    assert client.post(url, {"month": "2026-13", "won": "1"}).status_code == 422
    assert client.post(url, {"month": "2026-11", "won": "1", "responsible_id": "999"}).status_code == 422
    assert client.post(url, {"remove": str(Goal.objects.get().pk)}).status_code == 302
    assert not Goal.objects.exists()
    assert client.post(url, {"remove": "1"}).status_code == 404

    url = reverse("crm:spend")
    typed = {
        "first": "2026-11-01",
        "last": "2026-11-30",
        "channel": "paid",
        "amount": "1.250,00",
        "source": "<b>Google",
    }
    assert client.post(url, typed).status_code == 302
    page = client.get(url).content.decode()
    assert "&lt;b&gt;Google" in page
    assert "1.250,00" in page
    assert client.post(url, {**typed, "last": "2026-11-29"}).status_code == 422
    assert client.post(url, {**typed, "amount": "1.250"}).status_code == 422
    assert client.post(url, {"remove": str(Spend.objects.get().pk)}).status_code == 302

    url = reverse("crm:marks")
    assert client.post(url, {"name": "win_rate", "value": "27,5"}).status_code == 302
    assert 'value="27,5"' in client.get(url).content.decode()
    assert client.post(url, {"name": "win_rate", "value": "-1"}).status_code == 422
    assert Mark.objects.get(name="win_rate").changed_by == manager


def given(**values):
    return Given(2, {"vendedor": None, "canal": None, "receita": None, "vendas": None, "leads": None, **values})


def test_goals_from_a_file_name_what_is_wrong(known):
    rows = [
        given(mes="2026-11", vendedor="samuel tavares", receita=Decimal("10.00")),
        given(mes="01/12/2026", canal="paid", vendas=3),
        given(mes="novembro", vendas=3),
        given(mes="2026-11", vendedor="Zé", vendas=3),
        given(mes="2026-11", vendedor="bia", vendas=3),
        given(mes="2026-11"),
        given(mes="2026-11", vendas=-3),
        given(mes="2026-11", vendedor="104", leads=3),
    ]
    checked = importers.check_goals(rows, SYSTEM)
    assert [p.column for p in checked.problems] == ["mes", "vendedor", "vendedor", "", "vendas", ""]
    for values in checked.values[:2]:
        importers.save_goal(values, SYSTEM)
    assert [(g.month, g.responsible_id, g.channel) for g in Goal.objects.order_by("month")] == [
        (NOV, "104", ""),
        (dt.date(2026, 12, 1), "", "paid"),
    ]


def test_spend_from_a_file_counts_no_day_twice():
    row = {"inicio": NOV, "fim": dt.date(2026, 11, 30), "canal": "paid", "valor": Decimal(10)}
    rows = [
        Given(2, row),
        Given(3, {**row, "inicio": dt.date(2026, 11, 30), "fim": None}),
        Given(4, {**row, "origem": "Google"}),
        Given(5, {**row, "fim": dt.date(2026, 10, 30)}),
    ]
    checked = importers.check_spend(rows, SYSTEM)
    assert [(p.line, p.column) for p in checked.problems] == [(3, "inicio"), (5, "fim")]


def test_an_xlsx_of_goals_through_the_page(client, manager):
    out = io.BytesIO()
    columns = [Column(n, n, k) for n, k in (("mes", "text"), ("vendedor", "text"), ("receita", "money"))]
    xlsx(out, columns, [["2026-11", "Ana Souza", Decimal("120000.50")], ["2026-12", "", Decimal(9)]])
    url = reverse("crm:goals-import")
    assert client.get(url).status_code == 200
    answer = client.post(url, {"file": SimpleUploadedFile("metas.xlsx", out.getvalue())})
    token = answer.url.split("importacao=")[1]
    assert client.get(answer.url).status_code == 200
    assert not Goal.objects.exists()
    client.post(url, {"acao": "gravar", "importacao": token})
    found = {(f"{goal.month:%Y-%m}", goal.responsible_id): goal.revenue for goal in Goal.objects.all()}
    assert found == {("2026-11", "101"): Decimal("120000.50"), ("2026-12", ""): Decimal("9.00")}
    assert waiting() == 1


def test_months_and_sellers_as_people_write_them(known):
    for text in ("2026-11", "11/2026", "2026-11-09", "09/11/2026", "01/11/2026 00:00", " 2026-11 "):
        assert month_of(text) == NOV
    for text in ("", "2026", "nov/26", "1900-01", "2026-13", "٢٠٢٦-١١x"):
        assert month_of(text) is None
    assert seller_of("ANA SOUZA", known) == "101"
    assert seller_of("104", known) == "104"
    assert seller_of("bia", known) is None


def test_a_seller_opens_none_of_the_pages(client):
    user = User.objects.create_user("s@example.com", name="Samuel", password="a-long-enough-one")
    user.roles.add(Role.objects.get(slug="seller"))
    client.force_login(user)
    assert not principal_of(user).may("goals.manage")
    for name in ("goals", "goals-import", "spend", "spend-import", "marks"):
        assert client.get(reverse(f"crm:{name}")).status_code == 403
