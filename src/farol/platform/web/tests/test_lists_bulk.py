"""Selecting, large tables, boards, exports: what the list component promises to the rooms that declare lists."""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from farol.core.errors import BadInput, FarolError, NotAllowed
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.audit.models import Entry
from farol.platform.web.lists import (
    Board,
    Bulk,
    Column,
    Filter,
    Lane,
    List,
    Outcome,
    any_of,
    begins,
    chosen,
    outcome_page,
    paging,
    prefix,
    searching,
)

pytestmark = pytest.mark.django_db
ROLES = List(
    name="codes",
    title="Codes",
    columns=(
        Column("slug", "Code", sort="slug", link=True),
        Column("name", "Name", personal=True),
    ),
    search=("^slug",),
    filters=(Filter("seeded", "Seeded", [("True", "Yes"), ("False", "No")]),),
    order="slug",
    row_url=lambda role: f"/codes/{role.pk}",
    bulk=(Bulk("Close", "web:components", "administration", reason=True),),
    reveal_permission="customers.reveal",
    page_size=20,
)


def roles(count: int, start: int = 0) -> None:
    Role.objects.bulk_create(
        Role(slug=f"GT-2026-{n:06}", name=f"Person number {n}", seeded=n % 3 == 0) for n in range(start, start + count)
    )


def rows():
    return Role.objects.filter(slug__startswith="GT-")


def asked(method: str, address: str = "/", data=None, principal=SYSTEM):
    factory = RequestFactory()
    request = factory.get(address) if method == "get" else factory.post(address, data or {})
    request.principal, request.user, request.htmx = principal, AnonymousUser(), False
    return request


def shown(address: str = "/", principal=SYSTEM, declared=ROLES, found=None) -> str:
    with translation.override("en"):
        response = declared.respond(asked("get", address, principal=principal), rows() if found is None else found)
    return response.content.decode()


# ---- choosing


def test_ticked_rows_are_chosen_but_never_rows_out_of_sight():
    roles(30)
    one, other = rows()[3], rows()[4]
    request = asked("post", data={"selected": [one.pk, other.pk, "x", "9" * 30, "-1", "1.5"]})
    assert set(chosen(request, ROLES, rows())) == {one, other}
    assert set(chosen(request, ROLES, rows().exclude(pk=other.pk))) == {one}


def test_all_results_are_those_of_the_address_and_of_all_pages():
    roles(50)
    request = asked("post", data={"all": "1", "address": "seeded=True&page=2", "selected": ["1"]})
    assert {r.slug for r in chosen(request, ROLES, rows())} == {f"GT-2026-{n:06}" for n in range(0, 50, 3)}


@pytest.mark.parametrize("data", [{}, {"selected": ["x"]}, {"all": "1", "address": "q=nothing"}])
def test_nothing_chosen_is_said(data):
    roles(3)
    with pytest.raises(BadInput) as caught:
        chosen(asked("post", data=data), ROLES, rows())
    assert caught.value.field == "selected"


def test_too_many_or_a_wrong_address_are_refused():
    roles(30)
    with pytest.raises(BadInput):
        chosen(asked("post", data={"all": "1", "address": ""}), ROLES, rows(), most=29)
    assert chosen(asked("post", data={"all": "1", "address": ""}), ROLES, rows(), most=30).count() == 30
    with pytest.raises(FarolError):
        chosen(asked("post", data={"all": "1", "address": "seeded=maybe"}), ROLES, rows())


def test_the_page_offers_all_results_only_where_there_are_more_than_the_page():
    roles(20)
    assert "data-select-everything" not in shown()
    roles(1, 20)
    page = shown("/?seeded=True&page=1")
    assert "data-select-everything" not in page
    page = shown("/?page=2&density=compact")
    assert "All 21 results" in page
    assert 'name="address" value=""' in page
    assert 'name="reason"' in page


def test_an_outcome_page_lists_what_was_refused_first():
    outcomes = [Outcome("GT-1", True, "Verified"), Outcome("GT-2", False, "Somebody else must verify.", "/gt-2")]
    with translation.override("en"):
        html = outcome_page(asked("get"), "Verify", outcomes, "/codes").content.decode()
    assert html.index("GT-2") < html.index("GT-1")
    assert "1 row was done" in html
    assert "1 was refused" in html


# ---- large tables


def test_the_count_stops_and_so_do_the_pages(monkeypatch):
    monkeypatch.setattr(paging, "MOST_COUNTED", 40)
    monkeypatch.setattr(paging.counted, "__defaults__", (40,))
    roles(40)
    assert "40 rows" in shown()
    roles(1, 40)
    last = shown("/?page=99")
    assert "More than" in last
    assert "21–40 of more than 40" in last
    assert "Pages end here" in last
    assert "GT-2026-000040" not in last
    assert "Pages end here" not in shown()


def test_queries_are_as_many_at_every_size():
    """O3: ten, a thousand, ten thousand rows."""
    counts = []
    for size, start in ((10, 0), (990, 10), (9_000, 1_000)):
        roles(size, start)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            shown("/?seeded=True&q=GT-2026")
        counts.append(len(seen))
    assert counts[0] <= 6
    assert len(set(counts)) == 1


def plan(queryset) -> str:
    sql, params = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", params)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_a_search_by_beginning_uses_the_index_and_one_for_parts_does_not():
    roles(200)
    text = plan(prefix(Role.objects.all(), "slug", "gt-2026-00001"))
    assert re.search(r"SEARCH .* USING INDEX|Index Cond", text), text
    assert not re.search(r"SEARCH .* USING INDEX|Index Cond", plan(Role.objects.filter(slug__icontains="GT-2026")))
    assert prefix(Role.objects.all(), "slug", "gt-2026-00001").count() == 10


@pytest.mark.parametrize("text", ["%", "_", "GT-2026-00000%", "\\", "'", "GT-2026_"])
def test_wild_cards_mean_themselves(text):
    roles(3)
    assert not prefix(Role.objects.all(), "slug", text).exists()


@pytest.mark.parametrize("few", [0, 5, 5000])
def test_any_of_finds_the_same_however_many_there_are(few, monkeypatch):
    roles(30)
    monkeypatch.setattr(searching, "FEW", few)
    declared = rows().filter(seeded=True)
    found = any_of(declared, begins("slug", "GT-2026-00000"), Q(name="Person number 21"), Q(slug__in=[]))
    assert sorted(found.values_list("slug", flat=True)) == [f"GT-2026-{n:06}" for n in (0, 3, 6, 9, 21)]
    assert not any_of(declared, Q(slug="nothing"), Q(slug__in=[])).exists()


def test_search_may_be_a_function():
    roles(30)
    declared = List(
        name="codes", title="Codes", columns=ROLES.columns, search=lambda rows, text: rows.filter(name__endswith=text)
    )
    assert "GT-2026-000017" in shown("/?q=17", declared=declared)
    assert "GT-2026-000018" not in shown("/?q=17", declared=declared)


# ---- another shape


def test_a_board_has_a_lane_for_each_state_and_says_where_there_is_more():
    roles(60)
    lanes = [Lane("True", "Seeded"), Lane("False", "Own"), Lane("None", "Nothing")]
    with CaptureQueriesContext(connection) as seen:
        board = Board(
            ROLES,
            asked("get", "/?q=GT-2026"),
            rows(),
            lanes,
            narrow=lambda found, name: found.filter(seeded={"True": True, "False": False}.get(name)),
            of=lambda role: str(role.seeded),
            filter="seeded",
            cards=25,
        )
        columns = board.columns
    assert len(seen) <= 3
    assert [(len(c.rows), c.more) for c in columns] == [(20, False), (25, True), (0, False)]
    assert columns[1].rows[0].object.slug == "GT-2026-000001"
    assert columns[1].url == "?q=GT-2026&seeded=False"


# ---- files


def read(response):
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return list(sheet.iter_rows(values_only=True))


def exported(principal, declared=ROLES):
    return declared.respond(asked("get", "/?export=xlsx&seeded=True", principal=principal), rows())


def test_every_export_is_in_the_audit_with_its_count():
    roles(10)
    assert len(read(exported(SYSTEM))) == 5
    entry = Entry.objects.get(code="list.exported")
    assert entry.target == "codes"
    assert (entry.params["rows"], entry.params["columns"], entry.params["address"]) == (
        4,
        ["slug", "name"],
        "seeded=True",
    )
    b"".join(ROLES.respond(asked("get", "/?export=csv&q=gt"), rows()).streaming_content)
    entry = Entry.objects.filter(code="list.exported").latest("id")
    assert (entry.params["rows"], entry.params["address"]) == (10, "")


def test_personal_columns_are_masked_on_screen_and_in_files_without_the_right():
    roles(4)
    assert "Person number" not in shown()
    assert "Person number" not in str(read(exported(Principal(frozenset({"export"})))))
    assert Entry.objects.get(code="list.exported").params["clear"] == []
    assert "Person number 3" in str(read(exported(Principal(frozenset({"export", "customers.reveal"})))))
    assert Entry.objects.filter(code="list.exported").latest("id").params["clear"] == ["name"]


def test_who_may_export_own_rows_gets_own_rows_only():
    roles(10)
    seller = Principal(frozenset({"export:own"}))
    with pytest.raises(NotAllowed):
        exported(seller)
    assert "export=xlsx" not in shown(principal=seller)
    declared = List(
        name="codes",
        title="Codes",
        columns=ROLES.columns,
        filters=ROLES.filters,
        own=lambda found, _principal: found.filter(slug="GT-2026-000003"),
    )
    assert "export=xlsx" in shown(principal=seller, declared=declared)
    assert [row[0] for row in read(exported(seller, declared))] == ["Code", "GT-2026-000003"]


# ---- density


def test_density_is_kept_in_a_cookie(client):
    person = User.objects.create_user(email="boss@farol.example", password="long enough 123")
    person.roles.add(Role.objects.create(slug="boss", name="Boss", rights=["administration"]))
    client.force_login(person)
    assert "is-compact" not in client.get("/componentes").content.decode()
    assert "is-compact" in client.get("/componentes?density=compact").content.decode()
    assert "is-compact" in client.get("/componentes").content.decode()
    assert "is-compact" not in client.get("/componentes?density=comfortable").content.decode()
    assert "density" not in QueryDict(client.get("/componentes?density=x").context["list"].state.url().lstrip("?"))
