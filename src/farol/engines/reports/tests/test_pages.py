"""The archive on screen: who sees what, files as they were, asking for a report."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from farol.core import clock
from farol.engines.reports import archive, lists, sending
from farol.engines.reports.definition import Report
from farol.engines.reports.models import Issue
from farol.engines.reports.tests.conftest import DAY, HOSTILE, document
from farol.platform.accounts.principal import SYSTEM
from farol.platform.outbox.models import OutboxMessage, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(toy):
    return archive.issue(toy, DAY, SYSTEM, "pt-br")


def enter(client, person, role="manager"):
    client.force_login(person(f"{role}@example.test", role))
    return client


def test_the_same_data_are_kept_once(toy, kept):
    assert archive.issue(toy, DAY, SYSTEM, "pt-br") == kept
    assert archive.issue(toy, DAY, SYSTEM, "en") != kept
    assert {file.format for file in kept.files.all()} == {"md", "pdf", "xlsx"}


def test_list_and_page_show_the_report(client, person, kept):
    enter(client, person)
    assert "28/02/2025" in client.get(reverse("reports:list")).content.decode()
    page = client.get(reverse("reports:issue", args=[kept.pk]))
    assert "Segunda frase." in page.content.decode()


def test_files_come_as_they_were_made(client, person, kept):
    enter(client, person)
    pdf = client.get(reverse("reports:file", args=[kept.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Disposition"] == 'inline; filename="kpi_report_2025-02-28.pdf"'
    md = client.get(reverse("reports:file", args=[kept.pk, "md"]))
    assert md["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("reports:file", args=[kept.pk, "exe"])).status_code == 404


def test_hostile_text_is_escaped_on_screen(client, person, toy):
    hostile = Report("toy.daily", "Toy", "dashboard.payments", lambda asked, principal: document(HOSTILE, asked))
    found = archive.issue(hostile, DAY, SYSTEM, "pt-br")
    enter(client, person)
    assert "<img src=x" not in client.get(reverse("reports:issue", args=[found.pk])).content.decode()


def test_who_may_not_see_the_area_finds_nothing(client, person, kept):
    enter(client, person, "aftermarket_sales")  # reports.view, but not the dashboard of payments
    assert "28/02/2025" not in client.get(reverse("reports:list")).content.decode()
    assert client.get(reverse("reports:issue", args=[kept.pk])).status_code == 404
    assert client.get(reverse("reports:file", args=[kept.pk, "pdf"])).status_code == 404


def test_reading_is_not_sending(client, person, kept, settings):
    settings.FAROL_SLACK_WEBHOOK = "http://127.0.0.1:9/"
    enter(client, person, "viewer")
    assert client.post(reverse("reports:resend", args=[kept.pk]), {"to": "slack:webhook"}).status_code == 403
    assert client.post(reverse("reports:make"), {"report": "toy.daily", "asked": "2025-02-28"}).status_code == 403


def test_resending_goes_only_to_configured_recipients(client, person, kept, settings):
    settings.FAROL_SLACK_WEBHOOK = "http://127.0.0.1:9/"
    enter(client, person)
    address = reverse("reports:resend", args=[kept.pk])
    client.post(address, {"to": "email:stranger@example.test", "turn": "0"})
    assert not kept.deliveries.exists()
    client.post(address, {"to": "slack:webhook", "turn": "0"})
    client.post(address, {"to": "slack:webhook", "turn": "0"})
    assert kept.deliveries.get().channel == "slack"


def test_a_day_that_is_not_over_is_refused(client, person, toy):
    enter(client, person)
    with clock.frozen(dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)):
        answer = client.post(reverse("reports:make"), {"report": "toy.daily", "asked": "2025-03-01"})
    assert answer.status_code == 422
    assert not Issue.objects.exists()


def test_the_list_says_how_far_sendings_got(client, person, kept, settings):
    settings.FAROL_SLACK_WEBHOOK = "http://127.0.0.1:9/"
    enter(client, person)
    address = reverse("reports:list")
    with translation.override("pt-br"):
        assert str(lists.sent(lists.rows(SYSTEM).get())) == "None"
        sending.resend(kept, "slack", "webhook", 0, SYSTEM)
        assert lists.sent(lists.rows(SYSTEM).get()) is lists.ON_ITS_WAY
        OutboxMessage.objects.update(state=State.FAILED)
        assert lists.sent(lists.rows(SYSTEM).get()) is lists.NOT_DELIVERED
        OutboxMessage.objects.all().delete()
        assert lists.sent(lists.rows(SYSTEM).get()) is lists.SENT
    assert client.get(address, {"export": "xlsx"}).status_code == 200
    assert client.get(address, {"sort": "title'"}).status_code == 400
