"""The credentials for Kommo: a long-lived token, or the pair that a consent gave."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from farol.core.errors import Refused
from farol.engines.sources.errors import BadAnswer, Missing, Unauthorised
from farol.engines.sources.http import Auth, Http
from farol.engines.sources.source import OAuth
from farol.engines.sources.tokens import Tokens, TokenStore

CONNECTION = "kommo:default"
CONSENT = "https://www.kommo.com/oauth"
DOMAINS = ("kommo.com", "amocrm.ru")


class LongLived:
    """A token without refresh."""

    def __init__(self, token: str) -> None:
        self._token = token

    def header(self) -> str:
        return f"Bearer {self._token}"

    def refused(self, used: str) -> bool:
        raise Unauthorised(_("Kommo does not accept the token: make another one there and set FAROL_KOMMO_TOKEN."))


class Nobody:
    """The token endpoint is asked without credentials in the header."""

    def header(self) -> str:
        return ""

    def refused(self, used: str) -> bool:
        return False


def by_consent() -> bool:
    """No long-lived token, but an integration that can ask for consent."""
    return bool(
        not settings.FAROL_KOMMO_TOKEN and settings.FAROL_KOMMO_CLIENT_ID and settings.FAROL_KOMMO_CLIENT_SECRET
    )


def auth() -> Auth:
    return token_store() if by_consent() else LongLived(settings.FAROL_KOMMO_TOKEN)


def token_store() -> TokenStore:
    return TokenStore(CONNECTION, lambda refresh: _asked("refresh_token", refresh_token=refresh))


def authorize_url(state: str) -> str:
    """Where an administrator of the account gives consent."""
    domain = (urlsplit(settings.FAROL_KOMMO_URL).hostname or "").partition(".")[2]
    page = CONSENT if domain in DOMAINS else f"{settings.FAROL_KOMMO_URL}/oauth"
    asked = {"client_id": settings.FAROL_KOMMO_CLIENT_ID, "state": state, "redirect_uri": redirect_uri()}
    return f"{page}?{urlencode(asked)}"


def exchange(host: str, code: str) -> Tokens:
    """The pair for the code that came back. `Refused` where another account than the configured one consented."""
    if host != urlsplit(settings.FAROL_KOMMO_URL).netloc:
        words = _("The consent is for %(host)s, but FAROL_KOMMO_URL names another account. Set it to the right one.")
        raise Refused(words % {"host": host})
    return _asked("authorization_code", code=code)


def redirect_uri() -> str:
    return settings.FAROL_KOMMO_REDIRECT_URI or f"{settings.FAROL_PUBLIC_URL}/fontes/kommo/retorno"


def _asked(grant: str, **more: str) -> Tokens:
    """One question to the token endpoint, never repeated: what it is asked with works once."""
    from farol.connectors.kommo.account import limit

    body = {
        "client_id": settings.FAROL_KOMMO_CLIENT_ID,
        "client_secret": settings.FAROL_KOMMO_CLIENT_SECRET,
        "grant_type": grant,
        "redirect_uri": redirect_uri(),
        **more,
    }
    # shorter in all than the lease of whoever refreshes
    http = Http(
        settings.FAROL_KOMMO_URL,
        "Kommo",
        limit=limit(),
        auth=Nobody(),
        connect=4.0,
        read=10.0,
        whole=15.0,
        tries=1,
        longest_wait=4.0,
    )
    try:
        found: Any = http.post("/oauth2/access_token", body).body
    except Missing:
        words = _(
            "There is no Kommo account at %(address)s. If it was renamed, set FAROL_KOMMO_URL to its new address."
        )
        raise Missing(words % {"address": settings.FAROL_KOMMO_URL}) from None
    finally:
        http.close()
    try:
        return Tokens(str(found["access_token"]), str(found["refresh_token"]), int(found["expires_in"]))
    except (KeyError, TypeError, ValueError):
        raise BadAnswer(_("Kommo answered the request for access with something else.")) from None


OAUTH = OAuth(authorize_url, exchange, by_consent)
