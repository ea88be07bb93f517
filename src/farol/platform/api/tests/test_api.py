"""The REST mount: who gets in, how refusals look, and that nothing unmarked can be offered."""

from __future__ import annotations

import json
import sys
import types

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import path
from ninja import Router, Schema

from farol.core.errors import BadInput, NotFound, Refused, Unavailable
from farol.platform.accounts import tokens
from farol.platform.accounts.access import requires, signed_in
from farol.platform.accounts.models import ApiToken, Role, User
from farol.platform.accounts.principal import OPERATOR
from farol.platform.api import mount


class Body(Schema):
    amount: int
    names: list[str] = []


ERRORS = {1: Refused("no"), 2: BadInput("period", "bad"), 3: NotFound(""), 4: Unavailable("later")}


def routes() -> Router:
    router = Router()

    @router.post("/things/{number}")
    @requires("dashboard.payments")
    def make(request, number: int, data: Body):
        if number in ERRORS:
            raise ERRORS[number]
        if number == 5:
            raise ZeroDivisionError
        return {"number": number, "by": request.principal.label}

    @router.get("/mine")
    @signed_in
    def mine(request):
        return {"rights": sorted(request.principal.rights)}

    return router


@pytest.fixture
def api(settings, monkeypatch):
    """An installation whose only room is the one above."""
    monkeypatch.setattr(mount, "collect", lambda *_: (("/room", routes()),))
    module = types.ModuleType("only_the_api")
    module.urlpatterns = [path("api/v1/", mount.urls())]
    module.handler404 = "farol.platform.web.errors.not_found"
    module.handler500 = "farol.platform.web.errors.server_error"
    monkeypatch.setitem(sys.modules, "only_the_api", module)
    settings.ROOT_URLCONF = "only_the_api"


@pytest.fixture
def user(db) -> User:
    user = User.objects.create(email="ana@example.com", name="Ana")
    user.roles.add(Role.objects.get(slug="manager"))
    return user


@pytest.fixture
def token(user) -> str:
    return tokens.create(OPERATOR, user, "t", ["dashboard.payments"])[0]


def ask(address: str, token: str = "", body: object = None, method: str = "POST", **headers: str):
    client = Client(raise_request_exception=False)
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    text = json.dumps({"amount": 1} if body is None else body)
    return client.generic(method, f"/api/v1{address}", text, content_type="application/json", headers=headers)


def test_a_token_opens_what_its_scopes_say(api, user, token):
    assert ask("/room/things/9", token).json() == {"number": 9, "by": "ana@example.com"}
    assert ask("/room/mine", token, method="GET").json() == {"rights": ["dashboard.payments"]}
    other = tokens.create(OPERATOR, user, "t", ["alerts.view"])[0]
    refused = ask("/room/things/9", other)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer x", "Bearer a b", "Bearer é"]
)
def test_anything_else_is_not_signed_in(api, token, authorization):
    answer = Client().post("/api/v1/room/things/9", headers={"Authorization": authorization} if authorization else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_outside_the_header_is_nothing(api, token):
    assert ask(f"/room/mine?token={token}&access_token={token}", method="GET").status_code == 401
    client = Client()
    client.cookies["Authorization"] = f"Bearer {token}"
    assert client.get("/api/v1/room/mine").status_code == 401


def test_ended_tokens_open_nothing(api, user):
    clear, row = tokens.create(OPERATOR, user, "t")
    assert ask("/room/mine", clear, method="GET").status_code == 200
    for change in ({"revoked_at": row.created_at}, {"revoked_at": None, "expires_at": row.created_at}):
        ApiToken.objects.filter(pk=row.pk).update(**change)
        assert ask("/room/mine", clear, method="GET").status_code == 401


def test_only_the_hash_of_a_token_is_stored(user, token):
    assert token not in json.dumps(list(ApiToken.objects.values()), default=str)


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        (1, 409, "refused"),
        (2, 422, "invalid"),
        (3, 404, "not_found"),
        (4, 503, "unavailable"),
        (5, 500, "server_error"),
    ],
)
def test_refusals_look_the_same(api, token, number, status, code):
    answer = ask(f"/room/things/{number}", token)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert "Traceback" not in answer.content.decode()
    if number == 2:
        assert answer.json()["errors"] == [{"field": "period", "detail": "bad"}]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "amount"), ({"amount": {"$gt": 0}}, "amount"), ({"amount": [1]}, "amount"), ({"amount": None}, "amount"),
     ({"amount": 1, "names": "x"}, "names"), ({"amount": 1, "names": [{}]}, "names.0"),
     ([], "amount"), ("x", "amount")],
)  # fmt: skip
def test_wrong_kinds_name_the_field(api, token, body, field):
    answer = ask("/room/things/9", token, body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_broken_json_is_a_bad_request(api, token):
    client = Client()
    for text in ("{", "\x00", "{'a': 1}", "[" * 100_000):
        answer = client.generic(
            "POST",
            "/api/v1/room/things/9",
            text,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code in (400, 422), text[:5]
        assert answer.json()["code"]


def test_unknown_addresses_answer_in_json(api, token):
    assert ask("/nothing", token, method="GET").json()["code"] == "not_found"
    assert ask("/room/things/9", token, method="GET").status_code == 405


def test_the_document_needs_a_token_and_tells_the_scheme(api, token):
    assert ask("/openapi.json", method="GET").status_code == 401
    document = ask("/openapi.json", token, method="GET").json()
    assert "/api/v1/room/things/{number}" in document["paths"]
    assert document["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"


def test_an_operation_without_a_mark_stops_the_start(monkeypatch):
    router = Router()

    @router.get("/open")
    def unmarked(request):
        return {}

    monkeypatch.setattr(mount, "collect", lambda *_: (("/room", router),))
    with pytest.raises(ImproperlyConfigured, match="unmarked"):
        mount.build()
