"""The weekly report, the run of the day, the jobs behind them and the page of the forecast."""

from __future__ import annotations

import datetime as dt
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook

from farol.areas.crm import jobs, notices
from farol.areas.crm.models import Forecast
from farol.areas.crm.reporting import status, weekly
from farol.areas.crm.tests.company import changed, company, published  # noqa: F401 - a fixture
from farol.cli.root import build
from farol.core import clock
from farol.core.errors import Refused
from farol.engines.reports.rendering import data_section, render
from farol.engines.sources.models import LoadRun
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import SYSTEM
from farol.platform.notifications.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
DAY = dt.date(2026, 11, 14)


def _silent() -> Any:
    return SimpleNamespace(progress=lambda *_args: None, check=lambda: None)


def _configured(monkeypatch: pytest.MonkeyPatch, load: Any) -> None:
    monkeypatch.setattr(jobs, "find_source", lambda _name: SimpleNamespace(configured=lambda: True))
    monkeypatch.setattr(jobs, "_load", load)
    monkeypatch.setattr(jobs, "_report", lambda: None)


def test_the_week_opens_as_pdf_and_workbook() -> None:
    document = weekly.build(DAY, SYSTEM)
    assert render(document, "pdf").startswith(b"%PDF-")
    names = CalamineWorkbook.from_filelike(io.BytesIO(render(document, "xlsx"))).sheet_names
    assert len(names) >= 9
    assert document.day == DAY


def test_a_past_week_is_the_same_whatever_came_later() -> None:
    before = data_section(weekly.build(DAY, SYSTEM))
    later = [{**row, "id": f"x{row['id']}"} for row in changed()["lead"][:1]]
    late = int(dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC).timestamp())
    for row in later:
        row |= {"created_at": late, "updated_at": late, "closed_at": None, "status": "open", "status_id": "12"}
    published(changed(lead=lambda rows: rows + later))
    assert data_section(weekly.build(DAY, SYSTEM)) == before


def test_the_run_of_the_day_names_what_does_not_hold_and_the_load_of_that_morning() -> None:
    morning = dt.datetime(2026, 11, 21, 9, 2, tzinfo=dt.UTC)
    LoadRun.objects.create(
        loader="kommo",
        kind="sync",
        status="done",
        rows_read=7,
        created_at=morning,
        started_at=morning,
        finished_at=morning,
    )
    with translation.override("en"):
        text = data_section(status.build(morning.date(), SYSTEM)).decode()
        before = data_section(status.build(morning.date() - dt.timedelta(days=1), SYSTEM)).decode()
    assert "7 records read" in text
    assert "Nothing was loaded" in before
    assert "won deals have no value" in text


def test_the_morning_sends_the_run_of_that_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(jobs, "find_source", lambda _name: SimpleNamespace(configured=lambda: True))
    monkeypatch.setattr(jobs, "_load", lambda _run: None)
    monkeypatch.setattr(jobs, "send", lambda report, day, _principal: asked.append((report.name, day)))
    jobs.daily(_silent())
    assert asked == [("crm.status", clock.today())]


def test_the_week_says_in_words_what_is_wrong_and_leaves_out_what_cannot_be_known_yet() -> None:
    with translation.override("en"):
        text = data_section(weekly.build(DAY, SYSTEM)).decode()
    assert "won deals have no value" in text
    assert "ROI" not in text
    assert " p.p." in text


def test_the_morning_keeps_the_forecast_and_one_part_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_run: Any) -> None:
        raise Refused("unreachable")

    _configured(monkeypatch, broken)
    with pytest.raises(Refused, match="unreachable"):
        jobs.daily(_silent())
    assert Forecast.objects.filter(as_of=dt.date(2026, 11, 20)).exists()


def test_the_morning_waits_for_a_load_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = []

    def busy_once(_run: Any) -> None:
        turns.append(1)
        if len(turns) == 1:
            raise Refused("busy", code="already_running")

    _configured(monkeypatch, busy_once)
    monkeypatch.setattr(jobs, "PAUSE", 0)
    jobs.daily(_silent())
    assert len(turns) == 2


def test_people_are_told_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = User.objects.create_user("gil@example.com", "uma senha comprida 9")
    manager.roles.set([Role.objects.get(slug="manager")])
    _configured(monkeypatch, lambda _run: None)
    for _turn in range(2):
        jobs.daily(_silent())
    codes = list(Notification.objects.filter(person=manager, code__startswith="crm.").values_list("code", flat=True))
    assert len(codes) == len(set(codes))
    assert {"crm.stale_deals", "crm.unanswered"} <= set(codes)
    told = {notice.code: notice.sentence for notice in notices.NOTICES}
    for row in Notification.objects.filter(person=manager, code="crm.stale_deals"):
        assert told[row.code](row.params)


def test_without_kommo_the_jobs_rest(settings: Any) -> None:
    settings.FAROL_KOMMO_URL = ""
    jobs.daily(_silent())
    jobs.incremental(_silent())
    assert not Forecast.objects.exists()


def test_the_page_shows_models_and_rivals_to_those_who_may() -> None:
    user = User.objects.create_user("vera@example.com", "uma senha comprida 9")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    assert client.get("/analises/comercial/previsao").status_code == 403
    user.roles.set([Role.objects.get(slug="viewer")])
    with translation.override("pt-br"):
        assert client.get("/analises/comercial/previsao").status_code == 200


def test_the_command_writes_both_files(tmp_path: Any) -> None:
    args = ["report", "weekly", "--area", "crm", "--date", DAY.isoformat(), "--out", str(tmp_path)]
    result = CliRunner().invoke(build(), args)
    assert result.exit_code == 0, result.stderr
    assert [name.rsplit(".", 1)[1] for name in json.loads(result.stdout)["files"]] == ["pdf", "xlsx"]
