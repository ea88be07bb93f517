"""The one HTTP client of all sources: limits, deadlines, retries and what each answer means.

A read is repeated until it has a whole, well-formed answer, five times at most; a write never after it may have
arrived. Only the configured host is spoken to and no redirect is followed, so that the credentials stay where they
belong. Errors and logs carry neither credentials nor what was asked for.
"""

from __future__ import annotations

import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from django.utils.translation import gettext as _

from farol.engines.sources.errors import BadAnswer, Blocked, Busy, Doubt, Slow, SourceError, Stopped, Unreachable, Waits
from farol.engines.sources.limiter import Limit, Limiter, Place
from farol.engines.sources.replies import Again, Pause, Reply, Stale, judged

log = logging.getLogger(__name__)
LONGEST_BACKOFF = 300.0


class Auth(Protocol):
    """Where the credentials come from."""

    def header(self) -> str:
        """The value of `Authorization` now."""

    def refused(self, used: str) -> bool:
        """The other side did not accept `used`; True if there is something new to try, once."""


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


class Http:
    """`base` is the address of the host, with or without a path; `account` the name it has in logs and sentences.

    Seconds: `connect`, `read` (between two pieces), `whole` (one try), `longest_wait` (all pauses of one request).
    `requests` and `waited` count what this client did. `stop()` ends the pauses of its threads.
    """

    def __init__(
        self,
        base: str,
        account: str,
        *,
        limit: Limit,
        auth: Auth,
        sleep: Callable[[float], None] | None = None,
        now: Callable[[], float] = time.time,
        transport: httpx.BaseTransport | None = None,
        connect: float = 5.0,
        read: float = 30.0,
        whole: float = 90.0,
        tries: int = 5,
        longest_wait: float = 900.0,
        most_bytes: int = 32 << 20,
    ) -> None:
        self.requests, self.waited = 0, 0.0
        self.limiter = Limiter(limit, now=now)
        self._base, self._account, self._auth, self._now = base.rstrip("/"), account, auth, now
        self._whole, self._tries, self._longest, self._most = whole, tries, longest_wait, most_bytes
        self._stopped, self._counting = threading.Event(), threading.Lock()
        self._sleep = sleep or self._stopped.wait
        timeout = httpx.Timeout(read, connect=connect)
        self._client = httpx.Client(
            transport=transport, timeout=timeout, follow_redirects=False, verify=_certificates()
        )

    def __repr__(self) -> str:
        return f"<Http {self._account}>"

    def get(self, path: str, params: Sequence[tuple[str, str]] = ()) -> Reply:
        """`path` may be a whole address, or one relative to the base, as the other side names its next page."""
        return self._asked("GET", path, params, None, repeatable=True)

    def post(self, path: str, body: Any) -> Reply:
        """Send JSON. `Doubt` where it may have arrived."""
        return self._asked("POST", path, (), body, repeatable=False)

    def stop(self) -> None:
        """Let every thread that waits give up (`Stopped`)."""
        self._stopped.set()

    def close(self) -> None:
        self._client.close()

    def _asked(
        self, method: str, path: str, params: Sequence[tuple[str, str]], body: Any, *, repeatable: bool
    ) -> Reply:
        url, left, renewed, failed = self._address(path), self._longest, False, 0
        while True:
            try:
                return self._once(method, url, params, body, repeatable=repeatable)
            except Stale as error:
                if renewed or not self._auth.refused(error.used):
                    raise error.meaning from None
                renewed = True
            except Pause as error:
                failed += 1
                after = _backoff(failed) if error.after is None else error.after
                self.limiter.shut(after)
                if failed >= self._tries or after > left:
                    raise Busy(str(error), after=after) from None
                left -= self._pause(after)
            except Waits as error:
                if isinstance(error, Blocked) or error.after > left:
                    raise
                left -= self._pause(error.after)
            except Again as error:
                failed += 1
                if failed >= self._tries:
                    raise error.meaning from None
                left -= self._pause(_backoff(failed))

    def _once(self, method: str, url: str, params: Any, body: Any, *, repeatable: bool) -> Reply:
        used = self._auth.header()
        with self.limiter.call() as place:
            with self._counting:
                self.requests += 1
            status, headers, content = self._exchanged(method, url, params, body, used, place, repeatable=repeatable)
        try:
            return judged(status, headers, content, url, used, account=self._account, now=self._now())
        except Again as error:
            if repeatable:
                raise
            raise Doubt(_("Nobody knows whether it arrived at %(name)s.") % {"name": self._account}) from error
        except SourceError as error:
            if isinstance(error, Blocked):
                self.limiter.shut(error.after)
            log.warning("%s answered %s, request %s", self._account, status, headers.get("x-request-id", "-")[:80])
            raise

    def _exchanged(
        self, method: str, url: str, params: Any, body: Any, used: str, place: Place, *, repeatable: bool
    ) -> tuple[int, httpx.Headers, bytes]:
        until = time.monotonic() + self._whole
        headers = {"Authorization": used, "Accept": "application/hal+json, application/json"}
        try:
            with self._client.stream(method, url, params=list(params) or None, json=body, headers=headers) as answer:
                content = self._content(answer, until)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            place.answered = False
            raise Again(self._unreachable(error)) from None
        except httpx.HTTPError as error:
            place.answered = False
            if not repeatable:
                raise Doubt(_("Nobody knows whether it arrived at %(name)s.") % {"name": self._account}) from None
            slow = isinstance(error, httpx.ReadTimeout)
            raise Again(self._unreachable(error, Slow if slow else Unreachable)) from None
        place.answered = answer.status_code < 500
        return answer.status_code, answer.headers, content

    def _content(self, answer: httpx.Response, until: float) -> bytes:
        content = bytearray()
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > self._most:
                raise httpx.DecodingError("too long")
            if time.monotonic() > until:
                raise httpx.ReadTimeout("too slow")
        return bytes(content)

    def _address(self, path: str) -> str:
        url = urljoin(self._base + "/", path) if "://" in path or path.startswith("//") else self._base + _rooted(path)
        ours, theirs = urlsplit(self._base), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise BadAnswer(_("%(name)s named an address on another host; it was not asked.") % {"name": self._account})
        return url

    def _pause(self, seconds: float) -> float:
        """Sleep, and count it; the seconds spent."""
        if self._stopped.is_set():
            raise Stopped(_("Given up, because another part of the load failed."))
        with self._counting:
            self.waited += seconds
        self._sleep(seconds)
        if self._stopped.is_set():
            raise Stopped(_("Given up, because another part of the load failed."))
        return seconds

    def _unreachable(self, error: Exception, kind: type[Unreachable] = Unreachable) -> Unreachable:
        words = _("%(name)s cannot be reached (%(error)s). Farol tries again later; if it stays so, check the address.")
        return kind(words % {"name": self._account, "error": type(error).__name__})


def _rooted(path: str) -> str:
    return path if path.startswith("/") else "/" + path


def _backoff(failed: int) -> float:
    return min(LONGEST_BACKOFF, 2.0 ** (failed - 1)) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
