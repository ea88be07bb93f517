"""Slack by its incoming webhook."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from farol.core import clock
from farol.platform.outbox.channels import Message, Permanent, Retry

TIMEOUT = httpx.Timeout(15, connect=5)
LIVE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def send_slack(message: Message) -> None:
    """Payload: `text`, and optionally `blocks` of Slack's block kit. Every text is made inert (`<!channel>`, links)."""
    if not settings.FAROL_SLACK_WEBHOOK:
        raise Permanent(_("No Slack webhook is set (FAROL_SLACK_WEBHOOK)."))
    body = {name: inert(message.payload[name]) for name in ("text", "blocks") if name in message.payload}
    try:
        answer = httpx.post(settings.FAROL_SLACK_WEBHOOK, json=body, timeout=TIMEOUT, follow_redirects=False)
    except httpx.ConnectError as error:
        raise Retry(_("Slack cannot be reached: %(error)s") % {"error": error}) from error
    _judge(answer)


def inert(value: Any) -> Any:
    """The same structure with Slack's three live characters escaped in every text."""
    if isinstance(value, str):
        return value.translate(LIVE)
    if isinstance(value, list):
        return [inert(item) for item in value]
    if isinstance(value, dict):
        return {name: inert(item) for name, item in value.items()}
    return value


def _judge(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    values = {"code": answer.status_code, "text": answer.text[:200]}
    detail = _("Slack answered %(code)s: %(text)s") % values
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Retry(detail, after=retry_after(answer))
    raise Permanent(detail)


def retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the other side asks to wait, given as a number or as a date."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - clock.now()).total_seconds()) if text else None
    except (ValueError, TypeError):
        return None
