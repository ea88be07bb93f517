"""Remembers in a signed cookie who has signed in on this device. It opens nothing; it keeps a way past guessers."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from farol.core.ids import random_token

SALT = "farol.device"
AGE = 365 * 24 * 3600
MOST = 5


def cookie_name() -> str:
    return "__Host-farol_device" if settings.SESSION_COOKIE_SECURE else "farol_device"


def known(request: HttpRequest, name: str) -> str:
    """The device's id if the name has signed in on it before, else empty."""
    content = _read(request)
    return content["id"] if _hash(name) in content["names"] else ""


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Add the name to the device's cookie."""
    content = _read(request)
    names = [n for n in content["names"] if n != _hash(name)][-(MOST - 1) :]
    value = signing.dumps({"id": content["id"] or random_token(16), "names": [*names, _hash(name)]}, salt=SALT)
    response.set_cookie(
        cookie_name(), value, max_age=AGE, secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True, samesite="Lax"
    )


def _read(request: HttpRequest) -> dict:
    try:
        return signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=AGE)
    except signing.BadSignature:
        return {"id": "", "names": []}


def _hash(name: str) -> str:
    return settings.KEYRING.lookup_hash(f"device|{name}")[:20]
