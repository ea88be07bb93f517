"""E-mail against a real server in this process."""

from __future__ import annotations

import datetime as dt
import hashlib
import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from farol.core import clock
from farol.platform.outbox import delivery, enqueue
from farol.platform.outbox.deliveries import CHANNELS
from farol.platform.outbox.models import OutboxMessage, State

EMAIL = next(channel for channel in CHANNELS if channel.name == "email")


class Mailbox:
    """A mail server that keeps what it takes; `answers` are its replies to coming messages (default: taken)."""

    def __init__(self) -> None:
        self.taken, self.answers, self.refused = [], [], set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 ok"
        if answer.startswith("250"):
            self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return answer


@pytest.fixture
def mailbox(db, settings):
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.FAROL_SMTP_HOST = settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = port, False, ""
    yield box
    controller.stop()


def deliver_all(life: str) -> None:
    while delivery.deliver_next(EMAIL, life):
        pass


def mail(**changes) -> dict:
    return {"to": ["ana@example.com"], "subject": "Relatório diário", "text": "Olá", **changes}


def test_report_arrives_with_its_attachment(mailbox, life, settings):
    content = b"%PDF-1.7 figures"
    path = settings.FAROL_HOME / "files" / "outbox-test.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    attachment = {"path": "files/outbox-test.pdf", "name": "relatório.pdf", "type": "application/pdf"}
    attachment["sha256"] = hashlib.sha256(content).hexdigest()
    enqueue("email", "daily:2026-11-20", mail(attachments=[attachment], html="<b>Olá</b>"))
    deliver_all(life)
    recipients, message = mailbox.taken[0]
    assert recipients == ["ana@example.com"]
    assert message["Subject"] == "Relatório diário"
    assert [a.get_content() for a in message.iter_attachments()] == [content]
    assert "Olá" in message.get_body(("html",)).get_content()


def test_a_twin_carries_the_same_message_id(mailbox, life):
    enqueue("email", "k", mail())
    deliver_all(life)
    OutboxMessage.objects.update(key="moved")
    enqueue("email", "k", mail())
    deliver_all(life)
    first, second = (message["Message-ID"] for _to, message in mailbox.taken)
    assert first == second


def test_each_recipient_has_a_message_of_their_own(mailbox, life):
    mailbox.refused.add("gone@example.com")
    enqueue("email", "k", mail(to=["ana@example.com", "gone@example.com", "bia@example.com"]))
    deliver_all(life)
    assert sorted(to for to, _m in mailbox.taken) == [["ana@example.com"], ["bia@example.com"]]
    assert {m["To"] for _to, m in mailbox.taken} == {"ana@example.com", "bia@example.com"}
    failed = OutboxMessage.objects.get(state=State.FAILED)
    assert "550" in failed.error
    assert failed.opened()["to"] == ["gone@example.com"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 try later", State.QUEUED), ("554 refused as spam", State.FAILED), ("535 bad log-in", State.QUEUED)],
)
def test_what_the_server_answers_decides(mailbox, life, answer, state):
    mailbox.answers.append(answer)
    enqueue("email", "k", mail())
    deliver_all(life)
    assert OutboxMessage.objects.get().state == state
    if state == State.QUEUED:
        with clock.frozen(clock.now() + dt.timedelta(hours=1)):
            deliver_all(life)
        assert len(mailbox.taken) == 1


def test_server_that_is_not_there_is_tried_again(mailbox, life, settings):
    settings.EMAIL_PORT = 1
    enqueue("email", "k", mail())
    deliver_all(life)
    assert OutboxMessage.objects.get().state == State.QUEUED


def test_without_a_server_nothing_pretends_to_be_sent(db, life, settings):
    settings.FAROL_SMTP_HOST = ""
    enqueue("email", "k", mail())
    deliver_all(life)
    assert OutboxMessage.objects.get().state == State.FAILED


@pytest.mark.parametrize(
    "text",
    [
        "a\nBcc: eve@example.com",
        "a\r\nBcc: eve@example.com",
        "a\rBcc: x",
        "a\x00b",
        "a\u2028Bcc: x",
        "x" * 5000,
        "a, b@c.d",
    ],
)
def test_no_field_can_add_a_header(mailbox, life, text):
    enqueue("email", "k", mail(subject=text, text=text))
    deliver_all(life)
    recipients, message = mailbox.taken[0]
    assert recipients == ["ana@example.com"]
    assert message["Bcc"] is None
    assert len(message.get_all("Subject")) == 1
    assert len(message["Subject"].strip()) <= 200


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.com, eve@example.com",
        "ana@example.com\nBcc: eve@example.com",
        "ana@example.com\r\nX: y",
        "",
        "<a@b.c> x",
    ],
)
def test_an_address_is_one_address(mailbox, life, address):
    enqueue("email", "k", mail(to=[address]))
    deliver_all(life)
    assert mailbox.taken == []
    assert OutboxMessage.objects.get().state == State.FAILED


@pytest.mark.parametrize("path", ["files/absent.pdf", "../outside.pdf", "/etc/hostname", "files/changed.pdf"])
def test_only_the_very_file_is_attached(mailbox, life, settings, path):
    changed = settings.FAROL_HOME / "files" / "changed.pdf"
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_bytes(b"other")
    attachment = {"path": path, "name": "a.pdf", "type": "application/pdf", "sha256": hashlib.sha256(b"").hexdigest()}
    enqueue("email", "k", mail(attachments=[attachment]))
    deliver_all(life)
    assert mailbox.taken == []
    assert OutboxMessage.objects.get().state == State.FAILED
