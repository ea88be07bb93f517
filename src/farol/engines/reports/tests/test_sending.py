"""Sent once however often it runs, to a real SMTP server and a real HTTP server; nothing for what was rolled back."""

from __future__ import annotations

import datetime as dt
import email
import json
import socket
import threading
from email.policy import default as policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from farol.core import clock
from farol.core.errors import NotAllowed
from farol.engines.reports import archive, jobs, progress, sending
from farol.engines.reports.definition import make
from farol.engines.reports.models import Delivery, Issue
from farol.engines.reports.tests.conftest import DAY
from farol.platform.accounts.principal import SYSTEM, principal_of
from farol.platform.audit.models import Entry
from farol.platform.outbox.channels import channels
from farol.platform.outbox.delivery import deliver_next
from farol.platform.outbox.models import OutboxMessage, State

pytestmark = pytest.mark.django_db


class Mailbox:
    """Keeps what a real SMTP conversation brought."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=policy))
        return "250 kept"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mailbox(settings):
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.FAROL_SMTP_HOST = settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT, settings.EMAIL_USE_TLS = server.port, False
    settings.FAROL_REPORT_RECIPIENTS = ["ana@example.test", "diretoria@example.test"]
    settings.FAROL_SLACK_WEBHOOK = ""
    yield box
    server.stop()


@pytest.fixture
def slack(settings):
    """A local Slack: `answers` are the codes it gives, 200 when it has run out of them."""
    posts: list[dict] = []
    answers: list[int] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            code = answers.pop(0) if answers else 200
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if code == 200:
                posts.append(json.loads(body))
            self.send_response(code)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.FAROL_SLACK_WEBHOOK = f"http://127.0.0.1:{server.server_port}/hook"
    settings.FAROL_SMTP_HOST, settings.FAROL_REPORT_RECIPIENTS = "", []
    server.posts, server.answers = posts, answers
    yield server
    server.shutdown()
    server.server_close()


def deliver_all() -> None:
    for name in ("email", "slack"):
        OutboxMessage.objects.filter(state=State.QUEUED).update(next_at=None)
        while deliver_next(channels()[name], "test"):
            pass


def test_each_recipient_gets_one_mail_however_often_it_runs(toy, mailbox):
    for _turn in range(3):
        sending.send(toy, DAY, SYSTEM)
        deliver_all()
    assert sorted(mail["To"] for mail in mailbox.mails) == ["ana@example.test", "diretoria@example.test"]
    mail = mailbox.mails[0]
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "kpi_report_2025-02-28.md",
        "kpi_report_2025-02-28.pdf",
        "kpi_report_2025-02-28.xlsx",
    ]
    assert [*mail.iter_attachments()][1].get_content().startswith(b"%PDF")
    assert "Segunda frase." in mail.get_body().get_content()
    assert {sending.state for sending in progress.of_issue(Issue.objects.get())} == {State.DONE}
    assert Entry.objects.filter(code="report.sent").count() == 2


def test_another_day_is_another_mail_and_other_data_of_the_day_are_not(toy, mailbox, monkeypatch):
    sending.send(toy, DAY, SYSTEM)
    sending.send(toy, DAY + dt.timedelta(days=1), SYSTEM)
    deliver_all()
    assert len(mailbox.mails) == 4
    monkeypatch.setattr(archive, "make", lambda *args: make(args[0], DAY - dt.timedelta(days=9), *args[2:]))
    assert sending.send(toy, DAY, SYSTEM).before == 2
    deliver_all()
    assert len(mailbox.mails) == 4


def test_nothing_goes_out_for_what_was_rolled_back(toy, mailbox):
    with transaction.atomic():
        sending.send(toy, DAY, SYSTEM)
        transaction.set_rollback(True)
    deliver_all()
    assert not mailbox.mails
    assert not Delivery.objects.exists()


def test_recipients_read_with_their_own_rights_and_language(toy, mailbox, person):
    person("ana@example.test", "cs_analyst")
    manager = person("diretoria@example.test", "manager")
    manager.language = "en"
    manager.save()
    sent = sending.send(toy, DAY, SYSTEM)
    assert sent.left_out == [("ana@example.test", "forbidden")]
    assert [d.issue.language for d in sent.new] == ["en"]


def test_a_deactivated_person_gets_nothing(toy, mailbox, person):
    user = person("ana@example.test", "manager")
    user.is_active = False
    user.save()
    assert sending.send(toy, DAY, SYSTEM).left_out == [("ana@example.test", "forbidden")]


def test_resending_sends_again(toy, mailbox):
    sending.send(toy, DAY, SYSTEM)
    for turn in (1, 1, 2):  # a double click, then once more on purpose
        sending.resend(Issue.objects.get(), "email", "ana@example.test", turn, SYSTEM)
    deliver_all()
    assert [mail["To"] for mail in mailbox.mails].count("ana@example.test") == 3


def test_slack_gets_one_message_after_refusals_and_restarts(toy, slack):
    slack.answers += [503, 429]
    for _turn in range(4):
        sending.send(toy, DAY, SYSTEM)
        deliver_all()
    (post,) = slack.posts
    assert "Segunda frase." in post["text"]
    assert "/relatorios/" in post["text"]


def test_slack_can_be_made_to_mention_nobody(toy, slack, monkeypatch):
    issue = archive.issue(toy, DAY, SYSTEM, "pt-br")
    Issue.objects.update(summary=["<!channel> <https://h.test|x> & y"])
    issue.refresh_from_db()
    sending.resend(issue, "slack", "webhook", 0, SYSTEM)
    deliver_all()
    assert "<!channel>" not in slack.posts[0]["text"]


def test_nobody_configured_sends_nothing(toy, settings):
    settings.FAROL_SMTP_HOST, settings.FAROL_SLACK_WEBHOOK = "", ""
    sent = sending.send(toy, DAY, SYSTEM)
    assert (sent.new, sent.before, sent.left_out) == ([], 0, [])


def test_without_the_right_nothing_is_made(toy, person):
    with pytest.raises(NotAllowed):
        archive.issue(toy, DAY, principal_of(person("a@example.test", "seller")), "pt-br")


class Run:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def check(self) -> None:
        pass

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        self.lines.append(text)


def test_the_job_reports_yesterday_in_the_business_zone(toy, mailbox):
    """At 23:30 in São Paulo it is already the next day in UTC."""
    with clock.frozen(dt.datetime(2025, 3, 1, 2, 30, tzinfo=dt.UTC)):
        jobs.send_daily(Run())
    with clock.frozen(dt.datetime(2025, 3, 1, 3, 10, tzinfo=dt.UTC)):
        jobs.send_daily(Run())
    assert [str(day) for day in Issue.objects.order_by("asked").values_list("asked", flat=True)] == [
        "2025-02-27",
        "2025-02-28",
    ]
