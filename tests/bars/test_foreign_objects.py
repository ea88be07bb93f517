"""A2: what belongs to somebody else answers like what does not exist."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.permissions.identities import browser, person

from farol.engines.dashboards.models import SavedView
from farol.platform.accounts import tokens
from farol.platform.accounts.models import ApiToken, SignIn
from farol.platform.accounts.principal import OPERATOR

GUESSES = ("0", "-1", "99999999999999999999", "1e3", "..%2f1", "%00", "' OR 1=1", "null", "")


def said(client: Client, method: str, address: str) -> tuple[int, str]:
    """Status and body, without the number of the request and the tokens of forms."""
    response = client.generic(method, address)
    text = response.content.decode(errors="replace")
    text = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"|\b[0-9a-f]{16}\b|nonce="[^"]+"', "", text)
    return response.status_code, text.replace(address, "").replace(address.replace("/", "%2F"), "")


@pytest.fixture
def two(db):
    return person("manager", "mine@people.example"), person("manager", "other@people.example")


def test_tokens_and_sessions(two):
    mine, other = two
    _clear, token = tokens.create(OPERATOR, other, "t")
    browser(other)
    session = SignIn.objects.get(user=other)
    client = browser(mine)
    for pattern, foreign in (("/perfil/tokens/{}/revogar", token.pk), ("/perfil/sessoes/{}/encerrar", session.pk)):
        unknown = said(client, "POST", pattern.format(987654))
        assert said(client, "POST", pattern.format(foreign)) == unknown
        assert unknown[0] == 404
        for guess in GUESSES:
            assert said(client, "POST", pattern.format(guess))[0] in (404, 405), guess
    assert ApiToken.objects.get().revoked_at is None
    assert SignIn.objects.filter(pk=session.pk).exists()


def test_private_views_of_a_dashboard(two):
    mine, other = two
    view = SavedView.objects.create(board="payments", owner_id=other.pk, name="Minha", parameters="", shared=False)
    client, base = browser(mine), "/analises/pagamentos/visoes"
    for method, suffix in (("GET", ""), ("POST", "/excluir")):
        unknown = said(client, method, f"{base}/NOTHING123{suffix}")
        assert said(client, method, f"{base}/{view.code}{suffix}") == unknown
        assert unknown[0] == 404
        for guess in GUESSES:
            assert said(client, method, f"{base}/{guess}{suffix}")[0] in (404, 405), guess
    SavedView.objects.update(shared=True)
    assert said(client, "POST", f"{base}/{view.code}/excluir")[0] == 404, "a colleague's shared view was deleted"
    assert SavedView.objects.exists()
