"""A1: every address, for everybody, with every method, against the reviewed table (`routes.toml`, `routes.d`)."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.http import HttpResponse
from tests.permissions.identities import Identity, everybody
from tests.permissions.routes import METHODS, Route, resolved, table, written

from farol.platform.accounts.rights import CATALOGUE

ROWS = table()
UNAVAILABLE = 503  # nothing is published in a test's warehouse, and the answer says so in words
KEYS = {*METHODS, "example", "rest", "token"}


def test_every_route_has_a_row_and_every_row_a_route():
    found = {route for route, _pattern in resolved()}
    assert sorted(found - ROWS.keys()) == [], "routes without a row in tests/permissions (routes.toml, routes.d)"
    assert sorted(ROWS.keys() - found) == [], "rows without a route"


def test_rows_speak_the_language_of_the_header():
    for route, row in written().items():
        assert row.keys() <= KEYS, route
        assert ROWS[route].address
        for asked in ROWS[route].rights.values():
            for name in [asked] if isinstance(asked, str) else asked:
                assert name in ("public", "signed-in") or name in CATALOGUE, (route, name)


def refused(response: HttpResponse) -> bool:
    """No, in one of the ways of saying it: no right, not signed in, wrong method, or the way to the log-in."""
    to_log_in = response.status_code == 302 and response["Location"].split("?")[0] == "/entrar"
    return response.status_code in (401, 403, 405) or to_log_in


def ask(identity: Identity, route: Route, method: str) -> HttpResponse:
    headers = {"Authorization": f"Bearer {identity.token}"} if route.api and identity.token else {}
    with transaction.atomic():
        response = identity.session.generic(
            method.upper(), route.address, data=b"", content_type="application/x-www-form-urlencoded", headers=headers
        )
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response


def expected(identity: Identity, route: Route, method: str) -> bool:
    """A narrow token opens nothing but the API."""
    principal = identity.principal
    if identity.name == "narrow token" and not route.api:
        principal = None
    return route.allows(method, principal)


def differences(identities: list[Identity], rows: list[Route]) -> list[str]:
    found = []
    for route in rows:
        for identity in identities:
            for method in METHODS:
                response, may = ask(identity, route, method), expected(identity, route, method)
                broken = response.status_code >= 500 and response.status_code != UNAVAILABLE
                if broken or refused(response) == may:
                    said = f"{method.upper()} {route.address} as {identity.name}: {response.status_code}"
                    found.append(f"{said}, expected {'yes' if may else 'no'}")
    return found


# leaving is public and answers with the way to the log-in
SAME_EITHER_WAY = {"sair"}
PARTS = 12  # so that no single test takes minutes


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_gets_exactly_what_the_table_says(db, part):
    rows = [row for route, row in ROWS.items() if route not in SAME_EITHER_WAY][part::PARTS]
    identities = everybody()
    wrong = differences(identities, rows)
    said = f"{len(rows)} routes x {len(identities)} identities x {len(METHODS)} methods, {len(wrong)} differ"
    assert not wrong, "\n".join([said, *wrong])


@pytest.mark.parametrize("mark", [None, "public", "signed-in", ("alerts.view",)])
def test_a_changed_mark_is_noticed(db, monkeypatch, mark):
    """Control: the same comparison fails when a view loses its mark or carries another."""
    pattern = dict(resolved())["administracao/pessoas"]
    monkeypatch.setattr(pattern.callback, "access", mark)
    assert differences(everybody(), [ROWS["administracao/pessoas"]])


def test_a_cookie_never_opens_the_api(db):
    identities = [i for i in everybody() if i.name == "super_admin"]
    for route, row in ROWS.items():
        if route.startswith("api/v1/") and route not in ("api/v1/", "api/v1/openapi.json"):
            for method in row.rights:
                assert identities[0].session.generic(method.upper(), row.address).status_code == 401, route
