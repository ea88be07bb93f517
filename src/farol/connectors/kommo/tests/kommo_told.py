"""What Farol says of a load: by its command, to people, on pages and in every JSON that has its figures."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from farol.core import clock, formats
from farol.engines.metrics import commands as metrics
from farol.engines.sources import commands as sources
from farol.engines.sources import stands
from farol.engines.sources.syncing import SyncOutcome
from farol.platform.accounts.models import Role, User
from farol.platform.notifications.models import Notification

NOTICES = {"consent_needed": "sources.consent_needed", "blocked": "sources.blocked", "gap": "sources.gap"}
STATES = ("consent_needed", "blocked", "billing")
QUESTION = ["leads", "--measures", "leads", "--period", "2026-11", "--format", "json"]


class Readers:
    """Who looks after the sources, and who only reads figures."""

    def __init__(self) -> None:
        self.keeper = _person("cuida@example.com", "sources.view", "dashboard.commercial")
        self.reader = _person("le@example.com", "dashboard.commercial")

    def told(self, person: User) -> list[Notification]:
        return list(Notification.objects.filter(person=person))


def _person(email: str, *rights: str) -> User:
    user = User.objects.create_user(email=email, password="long enough 123")
    user.roles.add(Role.objects.create(slug=email.split("@")[0], name=email, rights=list(rights)))
    return user


def of_success(readers: Readers, outcome: SyncOutcome, exit_code: int, *, told: int = 0) -> None:
    """Everybody reads that the data are whole until yesterday; nobody is told more than before (`told` notices)."""
    assert exit_code == 0
    assert outcome.complete_until == str(_yesterday())
    _everywhere(readers, outcome, _yesterday(), "ok")
    assert stands.sentence("crm") == ""
    assert (len(readers.told(readers.keeper)), readers.told(readers.reader)) == (told, [])


def of_failure(readers: Readers, outcome: SyncOutcome, exit_code: int, until: dt.date) -> None:
    """Everybody reads until when the data are whole, which is where they were, and why not further; who looks after
    the sources is told once."""
    assert outcome.error
    code, detail = outcome.error["code"], outcome.error["detail"]
    assert exit_code == 1
    assert until < _yesterday()
    assert outcome.complete_until == str(until)
    _everywhere(readers, outcome, until, code if code in STATES else "failed", detail)
    board = _page(readers.reader, reverse("crm:board"))
    assert f"Dados completos até {formats.date(until)}" in board
    assert "a última carga falhou: " + escape(detail) in board
    told = [(notice.code, notice.params["reason"]) for notice in readers.told(readers.keeper)]
    assert told == [(NOTICES.get(code, "sources.failed"), detail)]
    assert readers.told(readers.reader) == []


def _everywhere(readers: Readers, outcome: SyncOutcome, until: dt.date, state: str, detail: str = "") -> None:
    row = next(row for row in _printed(sources.sources, "--json")["sources"] if row["source"] == "kommo")
    assert (row["state"], row["complete_until"]) == (state, str(until))
    assert (row["error"] or {}).get("detail", "") == detail
    figures = _printed(metrics.query, *QUESTION)
    assert (figures["complete_until"], figures["data_version"]) == (str(until), outcome.data_version)
    card = _page(readers.keeper, reverse("sources:source", args=["kommo"]))
    assert f"<dd>{formats.date(until)}</dd>" in card
    assert escape(detail) in card


def _printed(command: Any, *arguments: str) -> Any:
    done = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    return json.loads(done.stdout)


def _page(person: User, address: str) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def _yesterday() -> dt.date:
    return clock.today() - dt.timedelta(days=1)
