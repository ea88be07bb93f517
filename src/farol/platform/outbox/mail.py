"""E-mail by the configured server: one message per recipient, so that one bad address spoils nobody else's."""

from __future__ import annotations

import hashlib
import re
import smtplib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from farol.platform.outbox.channels import Message, Permanent, Retry

CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
LONGEST_SUBJECT = 200


def send_mail(message: Message) -> None:
    """Payload: `to` (addresses), `subject`, `text`; optionally `html` and `attachments`.

    An attachment is `{"path", "name", "type", "sha256"}`: a file of the data folder, sent only while its content
    still has that hash. With several recipients the message is split into one of its own for each.
    """
    if not settings.FAROL_SMTP_HOST:
        raise Permanent(_("No e-mail server is set (FAROL_SMTP_HOST)."))
    recipients = [_address(address) for address in message.payload["to"]]
    if len(recipients) != 1:
        _split(message, recipients)
        return
    mail = _compose(message, recipients)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(error) from error
    except smtplib.SMTPResponseException as error:
        raise _judge(error.smtp_code, error.smtp_error) from error
    except ConnectionRefusedError as error:
        raise Retry(_("The e-mail server cannot be reached: %(error)s") % {"error": error}) from error


def _split(message: Message, recipients: list[str]) -> None:
    from farol.platform.outbox import enqueue

    with transaction.atomic():
        for address in recipients:
            key = f"{message.key[:90]}:{_digest(message.key + address)}"
            enqueue("email", key, {**message.payload, "to": [address]})


def _compose(message: Message, recipients: list[str]) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=CONTROL.sub(" ", message.payload["subject"]).strip()[:LONGEST_SUBJECT],
        body=message.payload["text"],
        to=recipients,
        headers={"Message-ID": message_id(message.key), "Auto-Submitted": "auto-generated"},
    )
    if message.payload.get("html"):
        mail.attach_alternative(message.payload["html"], "text/html")
    for attachment in message.payload.get("attachments", ()):
        mail.attach(CONTROL.sub(" ", attachment["name"]), _content(attachment), attachment["type"])
    return mail


def message_id(key: str) -> str:
    """Follows from the key, so that a twin after a crash can be recognised as one."""
    return f"<{_digest('email' + key)}@{urlsplit(settings.FAROL_PUBLIC_URL).hostname}>"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise Permanent(_("This is not an e-mail address: %(text)s") % {"text": repr(text[:80])}) from error
    return text


def _content(attachment: dict[str, Any]) -> bytes:
    path = (settings.FAROL_HOME / attachment["path"]).resolve()
    if not path.is_relative_to(settings.FAROL_HOME):
        raise Permanent(_("The attachment lies outside the data folder."))
    return _unchanged(path, attachment["sha256"])


def _unchanged(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise Permanent(_("The attachment %(name)s is gone.") % {"name": path.name}) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Permanent(_("The attachment %(name)s has changed since.") % {"name": path.name})
    return content


def _refusal(error: smtplib.SMTPRecipientsRefused) -> Exception:
    code, detail = next(iter(error.recipients.values()))
    return _judge(code, detail)


def _judge(code: int, detail: bytes | str) -> Exception:
    text = detail.decode(errors="replace") if isinstance(detail, bytes) else detail
    sentence = _("The e-mail server answered %(code)s: %(text)s") % {"code": code, "text": text[:200]}
    # a refused log-in is mended in the settings, and then the message should go
    permanent = code >= 500 and code not in (530, 534, 535)
    return Permanent(sentence) if permanent else Retry(sentence)
