"""The service account by which Farol asks, and the short token that it is exchanged for."""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils.translation import gettext as _

from farol.connectors.bigquery.errors import BigQueryRefused, BigQuerySilent

TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 (an address)
SCOPE = "https://www.googleapis.com/auth/bigquery"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600
EARLY = 120  # seconds before its end at which a token is renewed


@dataclass(frozen=True, repr=False)
class ServiceAccount:
    """What of a key file is needed. It has no `repr`: the key must not come into a log."""

    email: str
    key: RSAPrivateKey

    @classmethod
    def load(cls, path: Path) -> ServiceAccount:
        """`BigQueryRefused`, without a word of the content, for anything but a service account of Google's."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BigQueryRefused(_("The key file of BigQuery can't be read: FAROL_BIGQUERY_CREDENTIALS.")) from error
        return cls.of(found)

    @classmethod
    def of(cls, found: Any) -> ServiceAccount:
        """Another `token_uri` would send the signed request wherever the file says, so it is refused."""
        wanted = {"type": "service_account", "token_uri": TOKEN_URI}
        if not isinstance(found, dict) or any(found.get(name) != value for name, value in wanted.items()):
            raise BigQueryRefused(
                _("The key file of BigQuery is not that of a service account of Google's. Make one and download it.")
            )
        email, pem = found.get("client_email"), found.get("private_key")
        if not isinstance(email, str) or not isinstance(pem, str):
            raise BigQueryRefused(_("The key file of BigQuery lacks client_email or private_key."))
        try:
            key = load_pem_private_key(pem.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise BigQueryRefused(_("The private key in the key file of BigQuery is damaged. Download it again."))
        return cls(email, key)

    def assertion(self, now: int) -> str:
        """The signed statement that a token is given for."""
        head = {"alg": "RS256", "typ": "JWT"}
        claim = {"iss": self.email, "scope": SCOPE, "aud": TOKEN_URI, "iat": now, "exp": now + LIFETIME}
        text = ".".join(_base64(json.dumps(part).encode()) for part in (head, claim))
        return f"{text}.{_base64(self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Tokens:
    """One token for all threads of the process, renewed before it ends."""

    def __init__(self, account: ServiceAccount, url: str) -> None:
        self._account, self._url = account, url
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def get(self, http: httpx.Client, seconds: float) -> str:
        """A token that is valid now; `BigQueryRefused` where the key is not accepted."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._token, lifetime = self._fetch(http, seconds)
                self._until = time.monotonic() + max(lifetime - EARLY, 0)
            return self._token

    def forget(self) -> None:
        with self._lock:
            self._until = 0.0

    def _fetch(self, http: httpx.Client, seconds: float) -> tuple[str, int]:
        form = {"grant_type": GRANT, "assertion": self._account.assertion(int(time.time()))}
        try:
            answer = http.post(self._url, data=form, timeout=seconds)
        except httpx.HTTPError as error:
            raise BigQuerySilent(_("Google's log-in does not answer (%(kind)s).") % _kind(error)) from None
        if answer.status_code != 200:
            raise BigQueryRefused(
                _("Google does not accept the service account's key (%(status)s). Check the key and the clock.")
                % {"status": answer.status_code}
            )
        found = answer.json()
        return str(found["access_token"]), int(found.get("expires_in", LIFETIME))


def _kind(error: Exception) -> dict[str, str]:
    return {"kind": type(error).__name__}
