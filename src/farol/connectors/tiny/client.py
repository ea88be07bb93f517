"""One call of Tiny's API v2: form with the token in its body, limits, envelope, typed errors. Nothing is repeated.

The token is in no address, log or error; texts of Tiny are shown without documents of people.
"""

from __future__ import annotations

import json
import ssl
import time
from functools import cache
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from farol.connectors.tiny import errors
from farol.connectors.tiny.envelope import NO_SUCH_PAGE, NOTHING_FOUND, PARTLY, Answer, parse
from farol.connectors.tiny.limiter import Limiter
from farol.connectors.tiny.port import ErpBusy, ErpDoubt, ErpError, ErpShut

CONNECT, READ, WRITE = 5.0, 30.0, 60.0
UNREACHABLE_WAIT = 30.0


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


class Client:
    """The account of one token. `seconds`: how long a whole call may take at most, for somebody who waits."""

    def __init__(self, url: str, token: str, *, background: bool = False, seconds: float | None = None) -> None:
        self._url = url
        self._token = token
        self._until = time.monotonic() + seconds if seconds else None
        self.limiter = Limiter(f"{url} {token}", background=background)

    def __repr__(self) -> str:
        return f"<Client {self._url}>"

    def read(self, service: str, **params: str) -> Answer:
        """A question; an empty search and a page behind the last are answers without rows."""
        answer = self._call(service, params, READ)
        if not answer.ok and answer.code not in (NOTHING_FOUND, NO_SUCH_PAGE):
            raise self._error(answer)
        return answer

    def write(self, service: str, **params: str) -> dict[str, Any]:
        """One record made or changed: what Tiny says of it. `ErpDoubt`: it may have happened."""
        answer = self._call(service, params, WRITE)
        if not answer.ok:
            raise self._error(answer)
        if answer.processing == PARTLY:
            raise ErpDoubt(_("Tiny processed the record in part."))
        return answer.records[0] if answer.records else {}

    def _error(self, answer: Answer) -> ErpError:
        error = errors.error_of(answer)
        if answer.code == errors.TOO_MANY:
            return ErpBusy(error.detail, after=self.limiter.narrow())
        if isinstance(error, ErpBusy):
            self.limiter.shut(error.after)
        return error

    def _call(self, service: str, params: dict[str, str], longest: float) -> Answer:
        with self.limiter.call(self._until):
            answer = self._post(service, params, longest)
        self._learn(answer)
        self._judge(answer)
        return parse(answer.content)

    def _post(self, service: str, params: dict[str, str], longest: float) -> httpx.Response:
        form = {"token": self._token, "formato": "JSON", **params}
        left = longest if self._until is None else max(0.1, min(longest, self._until - time.monotonic()))
        # a kept connection that the other side has closed meanwhile would look like a doubt: a fresh one each time
        timeout = httpx.Timeout(left, connect=min(CONNECT, left))
        try:
            with httpx.Client(verify=_certificates(), follow_redirects=False, timeout=timeout) as http:
                return http.post(f"{self._url}/{service}", data=form)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _unreachable(error) from None
        except httpx.HTTPError as error:
            detail = _("The connection to Tiny broke before it answered (%(error)s).")
            raise ErpDoubt(detail % {"error": type(error).__name__}) from None

    def _learn(self, answer: httpx.Response) -> None:
        stated = answer.headers.get("x-limit-api", "").strip()
        if stated.isdigit():
            self.limiter.learn(int(stated))

    def _judge(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == 429:
            after = _seconds(answer.headers.get("Retry-After", ""))
            self.limiter.shut(after)
            raise ErpBusy(_("Tiny wants a pause: too many calls. Farol goes on by itself."), after=after)
        if status >= 500:
            raise ErpDoubt(_("Tiny answered with an error of its own (HTTP %(status)s).") % {"status": status})
        if 300 <= status < 500 and status != 408:
            detail = _("Under FAROL_TINY_URL nobody answers as Tiny does (HTTP %(status)s): check the address.")
            raise ErpShut(detail % {"status": status})


def _unreachable(error: httpx.HTTPError) -> ErpBusy:
    detail = _("Tiny cannot be reached (%(error)s). Farol goes on by itself when it can.")
    return ErpBusy(detail % {"error": type(error).__name__}, after=UNREACHABLE_WAIT)


def _seconds(text: str) -> float:
    return min(3600.0, max(1.0, float(text))) if text.strip().isdigit() else errors.WAITS[errors.TOO_OFTEN]


def packed(name: str, value: dict[str, Any]) -> dict[str, str]:
    """A complex parameter: a form field that holds JSON."""
    return {name: json.dumps({name: value}, ensure_ascii=False)}


def client(*, background: bool = False, seconds: float | None = None) -> Client:
    """The client of the account that is set; `ErpShut` without one."""
    if not settings.FAROL_TINY_TOKEN:
        raise ErpShut(_("Tiny is not set up. Make a token in Tiny (Token API) and set FAROL_TINY_TOKEN."))
    return Client(settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN, background=background, seconds=seconds)
