"""Errors reach people in words, in the form of whoever asked, with the headers of every other answer."""

from __future__ import annotations

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from farol.core.errors import BadInput, Refused, Unavailable
from farol.platform.accounts.access import public, requires
from farol.platform.apps import collect

pytestmark = pytest.mark.django_db


@public
def refused(request: HttpRequest) -> HttpResponse:
    raise Refused("The month is closed.")


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("select secret from table")


@public
def wrong(request: HttpRequest) -> HttpResponse:
    raise BadInput("amount", "Not an amount.")


@public
def away(request: HttpRequest) -> HttpResponse:
    raise Unavailable("")


@public
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("saved")


@requires("administration")
def closed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


views = [("refused", refused), ("broken", broken), ("wrong", wrong), ("away", away), ("form", form), ("closed", closed)]
urlpatterns = [path(prefix + name, view) for prefix in ("", "api/") for name, view in views]
urlpatterns += collect("urls", "urlpatterns")
handler400 = "farol.platform.web.errors.bad_request"
handler403 = "farol.platform.web.errors.forbidden"
handler404 = "farol.platform.web.errors.not_found"
handler500 = "farol.platform.web.errors.server_error"


@pytest.fixture
def client():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False, headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/refused", 409, "The month is closed."),
        ("/broken", 500, "Something went wrong"),
        ("/wrong", 422, "Not an amount."),
        ("/away", 503, "Try again in a few minutes."),
        ("/nothing-here", 404, "This page does not exist"),
    ],
)
def test_a_page_says_what_happened(client, address, status, words):
    response = client.get(address)
    assert response.status_code == status
    html = response.content.decode()
    assert words in html
    assert response["X-Request-Id"] in html
    assert "secret" not in html


def test_a_part_of_a_page_gets_a_notice(client):
    for address, status in (("/refused", 409), ("/broken", 500)):
        response = client.get(address, headers={"HX-Request": "true"})
        assert response.status_code == status
        assert response["HX-Retarget"] == "#toasts"
        assert "<html" not in response.content.decode()


def test_rest_gets_json(client):
    assert json.loads(client.get("/api/refused").content) == {"code": "refused", "detail": "The month is closed."}
    wrong = json.loads(client.get("/api/wrong").content)
    assert wrong["errors"] == [{"field": "amount", "detail": "Not an amount."}]
    broken = client.get("/api/broken")
    assert broken.status_code == 500
    assert json.loads(broken.content)["code"] == "server_error"


def test_a_form_without_its_token_is_refused_in_words():
    with override_settings(ROOT_URLCONF=__name__):
        strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
        response = strict.post("/form")
    assert response.status_code == 403
    assert "Nothing was saved" in response.content.decode()


@pytest.mark.parametrize("address", ["/refused", "/broken", "/nothing-here", "/api/wrong", "/form"])
def test_every_answer_carries_the_headers(client, address):
    """L8: errors too."""
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
