"""A2 over the records of after-sales: to a seller, what others opened answers like what does not exist."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.permissions.identities import browser
from tests.rest.asking import Asker, asker
from tests.rest.world import World

from farol.engines.workflow.module import get_module
from farol.platform import attachments
from farol.platform.accounts.principal import principal_of

pytestmark = pytest.mark.django_db
OWN_ROWS = ("warranties", "triage", "payables", "redemptions")
PAGES = ("", "/imprimir", "/editar", "/anexos/{file}")
POSTS = ("/comentario", "/anexos", "/anexos/{file}/remover", "/acao/{action}", "/responsavel", "/editar")
REST = (("GET", ""), ("GET", "/history"), ("GET", "/comments"), ("POST", "/comments"), ("PATCH", ""),
        ("POST", "/actions/{action}"), ("GET", "/attachments"), ("POST", "/attachments"),
        ("GET", "/attachments/{file}"), ("DELETE", "/attachments/{file}"))  # fmt: skip
GUESSES = ("0", "-1", "1e3", "..%2f1", "%00", "' OR 1=1", "null", "%F0%9F%92%A9", "a" * 300)


def said(client: Client, method: str, address: str) -> tuple[int, str]:
    """Status and body, without what is new in every answer and the address itself."""
    response = client.generic(method, address, "text=x&reason=x", content_type="application/x-www-form-urlencoded")
    text = b"".join(response.streaming_content) if response.streaming else response.content
    clean = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"|\b[0-9a-f]{16}\b|nonce="[^"]+"', "", text.decode("latin-1"))
    return response.status_code, clean.replace(address, "")


def attached(world: World, name: str, number: str) -> int:
    """The key of a file that the record has."""
    note = SimpleUploadedFile("nota.txt", b"um texto", content_type="text/plain")
    return attachments.attach(world.record(name, number).reference, note, principal_of(world.author.user)).pk


@pytest.fixture
def sam() -> Asker:
    return asker("seller")


@pytest.mark.parametrize("name", OWN_ROWS)
def test_a2_pages_and_files(sam, name):
    module, world = get_module(name), World()
    made = world.make(name, module.flow.initial)
    number, file = made["number"], attached(world, name, made["number"])
    client, unknown = browser(sam.user), f"{module.prefix}-1999-999999"
    action = module.flow.transitions[0].name
    for method, suffixes in (("GET", PAGES), ("POST", POSTS)):
        for suffix in suffixes:
            suffix = suffix.format(file=file, action=action)
            foreign = said(client, method, f"/{module.path}/{number}{suffix}")
            nothing = said(client, method, f"/{module.path}/{unknown}{suffix}")
            assert foreign == nothing, (method, suffix)
            assert foreign[0] in (403, 404), (method, suffix, foreign[0])
    for guess in GUESSES:
        assert said(client, "GET", f"/{module.path}/{guess}")[0] in (404, 405), guess
    for listing in ("", "/quadro", "?export=csv"):
        assert number not in said(client, "GET", f"/{module.path}{listing}")[1], listing
    searched = [said(client, "GET", f"/{module.path}?q={n}")[1].replace(n, "") for n in (number, unknown)]
    assert searched[0] == searched[1]
    assert number in said(browser(world.author.user), "GET", f"/{module.path}?export=csv")[1]


@pytest.mark.parametrize("name", OWN_ROWS)
def test_a2_rest(sam, name):
    module, world = get_module(name), World()
    number, unknown = world.make(name, module.flow.initial)["number"], f"{module.prefix}-1999-999999"
    action, file = module.flow.transitions[0].name, attached(world, name, number)
    for method, suffix in REST:
        if method == "PATCH" and not module.change:
            continue
        suffix, body = suffix.format(action=action, file=file), b'{"text": "x"}' if suffix == "/comments" else b"{}"
        foreign = sam.raw(method, f"/{name}/{number}{suffix}", body if method != "GET" else b"")
        nothing = sam.raw(method, f"/{name}/{unknown}{suffix}", body if method != "GET" else b"")
        assert (foreign.status_code, foreign.content) == (nothing.status_code, nothing.content), (method, suffix)
        assert foreign.status_code in (403, 404)
    assert sam.get(f"/{name}")[1]["items"] == []
    assert sam.get(f"/{name}?q={number}")[1]["items"] == []


def test_a2_ones_own_request_is_there(sam):
    """Control."""
    world = World()
    mine, other = world.redemption(who=sam)["number"], world.redemption()["number"]
    client = browser(sam.user)
    assert said(client, "GET", f"/usos-de-vale/{mine}")[0] == 200
    assert said(client, "GET", f"/usos-de-vale/{other}")[0] == 404
    assert [row["number"] for row in sam.get("/redemptions")[1]["items"]] == [mine]
    exported = said(client, "GET", "/usos-de-vale?export=csv")[1]
    assert mine in exported
    assert other not in exported
