"""What an HTTP answer means: a reply, something to try again, or an error that ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec
from django.utils.translation import gettext as _

from farol.engines.sources.errors import (
    BadAnswer,
    Billing,
    Blocked,
    Forbidden,
    Missing,
    Rejected,
    Slow,
    SourceError,
    Unauthorised,
    Unreachable,
)


@dataclass(frozen=True)
class Reply:
    """`body` is None for an answer without content (204, 304)."""

    status: int
    body: Any
    headers: httpx.Headers
    url: str


class Again(Exception):
    """This try failed in a way that may pass; `meaning` is the error once there are no tries left."""

    def __init__(self, meaning: SourceError) -> None:
        super().__init__(meaning.code)
        self.meaning = meaning


class Stale(Exception):
    """The credentials `used` were not accepted."""

    def __init__(self, used: str, meaning: SourceError) -> None:
        super().__init__(meaning.code)
        self.used, self.meaning = used, meaning


class Pause(Exception):
    """The other side said: wait (429), for `after` seconds, or None where it did not say how long."""

    def __init__(self, detail: str, after: float | None) -> None:
        super().__init__(detail)
        self.after = after


def judged(
    status: int, headers: httpx.Headers, content: bytes, url: str, used: str, *, account: str, now: float
) -> Reply:
    """The reply, or the error that the answer stands for."""
    if status in (204, 304):
        return Reply(status, None, headers, url)
    if 200 <= status < 300:
        return Reply(status, _whole_body(headers, content, account), headers, url)
    name = {"name": account}
    if status == 429:
        raise Pause(_("%(name)s wants a pause: too many calls.") % name, _asked_to_wait(headers, content, now))
    if status >= 500:
        words = _("%(name)s answers with an error of its own (HTTP %(status)s).") % {**name, "status": status}
        raise Again(Slow(words) if status == 504 else Unreachable(words))
    if status == 401:
        words = _("%(name)s does not accept the credentials any more. Connect it again on the page of data sources.")
        raise Stale(used, Unauthorised(words % name))
    raise _ending(status, headers, content, account)


def _ending(status: int, headers: httpx.Headers, content: bytes, account: str) -> SourceError:
    name = {"name": account, "status": status}
    if status == 402:
        return Billing(_("The account of %(name)s is not paid for. Settle it there.") % name)
    if status == 403 and _is_json(headers):
        return Forbidden(_("%(name)s does not let these credentials see this. Use those of an administrator.") % name)
    if status == 403:
        return Blocked(
            _("%(name)s blocks this installation. Farol asks nothing for an hour; write to its support.") % name
        )
    if status == 404:
        return Missing(_("%(name)s does not have what was asked for.") % name)
    if 300 <= status < 400:
        return BadAnswer(_("%(name)s sends to another address, which Farol does not follow. Check the address.") % name)
    fields = tuple(_complaints(content)) if _is_json(headers) else ()
    said = ": " + ", ".join(fields) if fields else ""
    words = _("%(name)s did not accept the request (HTTP %(status)s)%(said)s.") % {**name, "said": said}
    return Rejected(words, fields=fields)


def _whole_body(headers: httpx.Headers, content: bytes, account: str) -> Any:
    words = _("%(name)s sent an answer that cannot be read.") % {"name": account}
    if not _is_json(headers):
        raise Again(BadAnswer(words))
    try:
        return msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Again(BadAnswer(words)) from None


def _is_json(headers: httpx.Headers) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _asked_to_wait(headers: httpx.Headers, content: bytes, now: float) -> float | None:
    """Seconds: of the header, else of the body, else None. The other side's dates are read by its own clock."""
    text = headers.get("retry-after", "").strip()
    if text:
        found = _number(text)
        return found if found is not None else _until(text, headers.get("date", ""), now)
    try:
        body = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return _number(body.get("retry_after")) if isinstance(body, dict) else None


def _until(text: str, date: str, now: float) -> float | None:
    try:
        until = _instant(text)
        return max(0.0, until - (_instant(date) if date else now))
    except (ValueError, TypeError):
        return None


def _instant(text: str) -> float:
    found = parsedate_to_datetime(text)
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).timestamp()


def _number(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < 1e7 else None


def _complaints(content: bytes) -> Iterator[str]:
    """The fields that problem JSON complains of, with their codes; never the values."""
    try:
        body = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    groups = body.get("validation-errors") if isinstance(body, dict) else None
    for group in groups if isinstance(groups, list) else []:
        for error in group.get("errors") or [] if isinstance(group, dict) else []:
            if isinstance(error, dict):
                yield f"{error.get('path', '?')} ({error.get('code', '?')})"[:120]
