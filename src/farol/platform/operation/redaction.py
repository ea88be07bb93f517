"""Takes secrets out of anything that is written for people or machines to read."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

HIDDEN = "(secret)"
SHORTEST = 6
# what follows a telling name, or stands between user and host of an address
_NAMED = re.compile(
    r"(?i)((?:authorization|cookie|password|passwd|pwd|secret|token|api[-_]?key|senha|ticket)[\"']?\s*[=:]\s*[\"']?"
    r"(?:bearer |basic )?)([^\s\"'&,;}\])]{3,})"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic) ([a-z0-9._~+/=-]{8,})")
_USERINFO = re.compile(r"(\w+://[^\s/:@]*:)([^\s/@]+)(@)")
_LINK = re.compile(r"(/senha/nova/)[\w:.=-]+")  # whoever has the link chooses the password
_CPF = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")


def redact(text: str) -> str:
    """`text` without known secrets, without what looks like one, and without formatted CPFs."""
    for value in _known():
        text = text.replace(value, HIDDEN)
    text = _USERINFO.sub(rf"\1{HIDDEN}\3", text)
    text = _NAMED.sub(rf"\1{HIDDEN}", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _LINK.sub(rf"\1{HIDDEN}", text)
    return _CPF.sub(HIDDEN, text)


@cache
def _known() -> tuple[str, ...]:
    """The secrets of this installation, longest first, also as JSON writes them."""
    values = {*settings.ENV.secrets, *_passwords(), *_keys()}
    values |= {json.dumps(value)[1:-1] for value in values}
    return tuple(sorted((v for v in values if len(v) >= SHORTEST), key=len, reverse=True))


def _passwords() -> list[str]:
    """The passwords inside addresses: of the databases, and wherever else one was given as a setting."""
    inside = [urlsplit(value).password or "" for value in settings.ENV.secrets if "://" in value]
    return [*inside, *(str(database.get("PASSWORD", "")) for database in settings.DATABASES.values())]


def _keys() -> list[str]:
    keyring = settings.KEYRING
    keys = [*keyring.encryption.values(), keyring.lookup]
    return [keyring.session_secret, *(base64.b64encode(key).decode() for key in keys)]
