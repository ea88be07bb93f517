"""A6, A7, F3 and the reviewed headers over every route of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from tests.permissions.identities import browser, person
from tests.permissions.routes import Route, table

ROWS = list(table().values())
PAGES = [row for row in ROWS if "get" in row.rights and not row.api]
# what a reading may write: its own session, the audit, the receipt of a figure, and the counters of the throttle
MAY_GROW = {"accounts_signin", "accounts_window", "audit_entry", "audit_head", "django_session", "metrics_receipt"}


def contents() -> dict[str, list[tuple]]:
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names(cursor):
            if name not in MAY_GROW:
                cursor.execute(f'SELECT * FROM "{name}"')
                found[name] = sorted(map(repr, cursor.fetchall()))
    return found


def answers(client: Client, rows: list[Route], *methods: str) -> Iterator[tuple[Route, object]]:
    for row in rows:
        for method in methods:
            yield row, client.generic(method, row.address)


def test_a6_reading_changes_nothing(db):
    client = browser(person("super_admin"))
    before = contents()
    for row, response in answers(client, PAGES, "GET", "HEAD"):
        assert response.status_code < 500 or response.status_code == 503, row.route
    after = contents()
    assert {name for name in before if before[name] != after[name]} == set()


def test_a6_would_notice(db):
    """Control."""
    user = person("super_admin")
    before = contents()
    browser(user).post("/tema", {"theme": "dark"})
    assert contents() != before


def test_a7_two_people_in_turn_and_nothing_is_kept(db):
    first, second = person("manager", "alfa@people.example"), person("manager", "beta@people.example")
    first.name, second.name = "Alfa Um", "Beta Dois"
    first.save(), second.save()
    pairs = zip(answers(browser(first), PAGES, "GET"), answers(browser(second), PAGES, "GET"), strict=True)
    for (row, mine), (_row, theirs) in pairs:
        if row.rights["get"] == "public":
            continue
        for response, foreign in ((mine, "Beta Dois"), (theirs, "Alfa Um")):
            text = response.content.decode(errors="replace") if not response.streaming else ""
            if row.route != "auditoria":
                assert foreign not in text, row.route
            assert "no-store" in response.get("Cache-Control", ""), row.route
            assert "Cookie" in response.get("Vary", ""), row.route


def changing() -> list[tuple[str, Route]]:
    return [(method, row) for row in ROWS if not row.api for method in row.rights if method != "get"]


@pytest.fixture
def strict(db) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(person("super_admin"))
    client.get("/perfil")
    return client


def test_f3_no_change_without_the_token_of_this_browser(strict):
    foreign = Client(enforce_csrf_checks=True)
    foreign_token = foreign.get("/entrar").context["csrf_token"]
    own_token = str(strict.get("/perfil").context["csrf_token"])
    for method, row in changing():
        for body, headers in (
            ({}, {}),
            ({"csrfmiddlewaretoken": str(foreign_token)}, {}),
            ({"csrfmiddlewaretoken": own_token}, {"Origin": "https://evil.example"}),
            ({"csrfmiddlewaretoken": own_token}, {"Origin": "null"}),
        ):
            response = getattr(strict, method)(row.address, body, headers=headers)
            assert response.status_code == 403, (method, row.route, headers)


def test_f3_the_same_post_with_the_token_goes_through(strict):
    """Control."""
    token = str(strict.get("/perfil").context["csrf_token"])
    assert strict.post("/tema", {"csrfmiddlewaretoken": token, "theme": "dark"}).status_code == 302


def test_identity_headers_are_never_read(db):
    """Single sign-on is not part of Farol yet, so no header may sign anybody in."""
    person("super_admin", "ti@people.example")
    names = ("Remote-User", "X-Remote-User", "X-Webauth-User", "X-Forwarded-User", "X-Auth-Request-Email", "X-User",
             "X-Forwarded-Email", "X-Authenticated-User", "X-SSO-User", "X-Iisnode-Auth-User")  # fmt: skip
    for name in names:
        for spelling in (name, name.replace("-", "_"), name.lower()):
            for value in ("ti@people.example", "1", "super_admin", "DOMAIN\\ti"):
                response = Client().get("/perfil", headers={spelling: value})
                assert response.status_code == 302, (spelling, value)
    for variable in ("REMOTE_USER", "AUTH_USER", "LOGON_USER"):
        assert Client().get("/perfil", **{variable: "ti@people.example"}).status_code == 302
