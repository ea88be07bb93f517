"""A small client of Metabase's REST API (v0.49 and later: API keys, `dashcards`)."""

from __future__ import annotations

from typing import Any

import httpx
from django.utils.translation import gettext as _

from farol.core.errors import Refused, Unavailable

TIMEOUT = httpx.Timeout(20, connect=5)


class Metabase:
    """One Metabase, with an API key. `Unavailable` when it does not answer, `Refused` when it says no."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"X-API-Key": key}, timeout=TIMEOUT, follow_redirects=False)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        try:
            answer = self._http.request(method, path, json=body, params=query or None)
        except httpx.HTTPError as error:
            raise Unavailable(_("Metabase does not answer: %(reason)s") % {"reason": type(error).__name__}) from error
        if answer.status_code in (401, 403):
            raise Refused(_("Metabase refuses the key; make one under Admin, Authentication, API keys."))
        if answer.is_error or answer.is_redirect:
            raise Refused(
                _("Metabase answered %(status)s to %(path)s: %(text)s")
                % {"status": answer.status_code, "path": path, "text": answer.text[:200]}
            )
        return answer.json() if answer.content else None

    def find(self, path: str, name: str, **query: Any) -> int | None:
        """The id of the entry called `name` in a list; the lists come bare or under `data`."""
        found = self.call("GET", path, **query)
        entries = found["data"] if isinstance(found, dict) else found
        return next((entry["id"] for entry in entries if entry["name"] == name), None)

    def close(self) -> None:
        self._http.close()
