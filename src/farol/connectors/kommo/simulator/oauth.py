"""The token endpoint of the made-up Kommo: codes and refresh tokens that work once, access tokens that end."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from farol.core import clock

LIFE = 86400
CODE_LIFE = 1200


class OAuth:
    """`long_lived` always works, until `revoked`. `client` is (id, secret)."""

    def __init__(self, long_lived: str, client: tuple[str, str] = ("simulador", "simulador")) -> None:
        self.long_lived, self.client = long_lived, client
        self.revoked = False
        self.exchanges = 0
        self._codes: dict[str, float] = {}
        self._refresh: set[str] = set()
        self._access: dict[str, float] = {}
        self._lock = threading.Lock()

    def new_code(self) -> str:
        code = secrets.token_hex(16)
        self._codes[code] = _now() + CODE_LIFE
        return code

    def expire(self) -> None:
        """All access tokens end now; refresh tokens live on."""
        with self._lock:
            self._access.clear()

    def knows(self, header: str) -> bool:
        token = header.removeprefix("Bearer ")
        if self.revoked:
            return False
        return secrets.compare_digest(token.encode(), self.long_lived.encode()) or self._access.get(token, 0) > _now()

    def exchange(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """A new pair, or None where the code or token is wrong, old or used."""
        with self._lock:
            self.exchanges += 1
            if self.revoked or (body.get("client_id"), body.get("client_secret")) != self.client:
                return None
            if not self._spent(body):
                return None
            return self._pair()

    def _spent(self, body: dict[str, Any]) -> bool:
        if body.get("grant_type") == "authorization_code":
            return self._codes.pop(str(body.get("code")), 0) > _now()
        token = str(body.get("refresh_token"))
        known = body.get("grant_type") == "refresh_token" and token in self._refresh
        self._refresh.discard(token)
        return known

    def _pair(self) -> dict[str, Any]:
        access, refresh = secrets.token_hex(24), secrets.token_hex(24)
        self._access[access] = _now() + LIFE
        self._refresh.add(refresh)
        return {"token_type": "Bearer", "expires_in": LIFE, "access_token": access, "refresh_token": refresh}


def _now() -> float:
    return clock.now().timestamp()
