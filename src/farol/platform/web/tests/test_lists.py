"""The list component: what the address asks for is what is shown, exported, or refused."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from farol.core.errors import FarolError, NotAllowed
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.web.lists import Bulk, Column, Empty, Filter, List, New, State, Status

pytestmark = pytest.mark.django_db
ON = Status("Active", "success")

PEOPLE = List(
    name="people",
    title="People",
    columns=(
        Column("name", "Name", sort="name", link=True),
        Column("email", "E-mail", sort="email"),
        Column("state", "State", value=lambda _user: ON, kind="status"),
        Column("since", "Since", value="created_at", kind="datetime", sort="created_at", shown=False),
    ),
    search=("name", "email"),
    filters=(
        Filter("active", "State", [("yes", "Active"), ("no", "Off")], lambda q, v: q.filter(is_active=v == "yes")),
    ),
    order="name",
    row_url=lambda user: f"/pessoas/{user.pk}",
    empty=Empty("No people yet", "Create the first one."),
    new=New("New person", "web:components", "administration"),
    bulk=(Bulk("Deactivate", "web:components", "administration", "They will be signed out.", danger=True),),
    page_size=3,
)


@dataclass(frozen=True)
class Job:
    name: str
    amount: Decimal
    last: dt.date | None


JOBS = List(
    name="jobs",
    title="Jobs",
    columns=(Column("name", "Name", sort="name"), Column("last", "Last", kind="date", sort="last")),
    search=("name",),
    filters=(Filter("name", "Name", [("a", "A"), ("b", "B")]),),
    order="-last",
)
THREE = [
    Job("a", Decimal(1), None),
    Job("b", Decimal(2), dt.date(2026, 1, 1)),
    Job("c", Decimal(3), dt.date(2026, 2, 1)),
]


@pytest.fixture
def people():
    for name in ("Ana", "Bruno", "Carla", "Davi", "Eva"):
        User.objects.create(name=name, email=f"{name.lower()}@farol.example", is_active=name != "Davi")
    return User.objects.all()


def ask(declared, rows, address="", principal=SYSTEM):
    request = RequestFactory().get(f"/{address}")
    request.principal = principal
    request.htmx = False
    with translation.override("en"):
        return declared.respond(request, rows)


def names(html):
    return [name for name in ("Ana", "Bruno", "Carla", "Davi", "Eva") if re.search(f">{name}\\s*<", html)]


def test_pages_in_the_declared_order(people):
    first, second = (ask(PEOPLE, people, f"?page={n}").content.decode() for n in (1, 2))
    assert names(first) == ["Ana", "Bruno", "Carla"]
    assert names(second) == ["Davi", "Eva"]
    assert "1–3 of 5" in first


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?q=ana", ["Ana"]),
        ("?q=farol+car", ["Carla"]),
        ("?active=no", ["Davi"]),
        ("?active=yes&q=d", []),
        ("?sort=-name", ["Carla", "Davi", "Eva"]),
        ("?page=99", ["Davi", "Eva"]),
        ("?q=%00ana", ["Ana"]),
    ],
)
def test_search_filter_sort(people, address, expected):
    assert names(ask(PEOPLE, people, address).content.decode()) == expected


def test_empty_list_says_what_to_do_and_a_fruitless_search_says_so(people):
    assert "Create the first one." in ask(PEOPLE, people.none()).content.decode()
    html = ask(PEOPLE, people, "?q=zzz").content.decode()
    assert "Nothing matches" in html
    assert "Create the first one." not in html


@pytest.mark.parametrize("address", ["?sort=password", "?sort=-", "?cols=password", "?active=maybe", "?sort=state"])
def test_addresses_nobody_declared_are_refused(people, address):
    with pytest.raises(FarolError) as caught:
        ask(PEOPLE, people, address)
    assert caught.value.status == 400


def test_columns_are_chosen_in_the_address(people):
    html = ask(PEOPLE, people, "?cols=name,since").content.decode()
    assert "ana@farol.example" not in html
    assert "<time" in html


def test_export_holds_all_selected_rows_and_shown_columns(people):
    response = ask(PEOPLE, people, "?active=yes&export=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Name", "E-mail", "State")
    assert [row[0] for row in rows[1:]] == ["Ana", "Bruno", "Carla", "Eva"]
    assert rows[1][2] == "Active"
    text = b"".join(ask(PEOPLE, people, "?export=csv&cols=name,since").streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "Name;Since"
    assert len(text.splitlines()) == 6


def test_export_and_actions_ask_for_the_right(people):
    nobody = Principal(frozenset())
    html = ask(PEOPLE, people, principal=nobody).content.decode()
    assert "export=xlsx" not in html
    assert "New person" not in html
    assert "Deactivate" not in html
    with pytest.raises(NotAllowed):
        ask(PEOPLE, people, "?export=xlsx", nobody)
    with pytest.raises(FarolError):
        ask(PEOPLE, people, "?export=exe")


def test_plain_sequences_sort_with_the_unknown_last():
    def order(text):
        return [job.name for job in State(JOBS, QueryDict(text)).select(THREE)]

    assert order("") == ["c", "b", "a"]
    assert order("sort=last") == ["b", "c", "a"]
    assert order("name=b") == ["b"]
    assert order("q=C") == ["c"]


def test_texts_of_rows_are_escaped(people):
    User.objects.create(name="<script>alert(1)</script>", email="x@farol.example")
    html = ask(PEOPLE, people, "?q=script").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@given(st.text(max_size=40), st.text(max_size=12))
def test_no_address_breaks_the_list(text, page):
    query = QueryDict(mutable=True)
    query["q"], query["page"] = text, page
    assert set(State(JOBS, query).select(THREE)) <= set(THREE)
