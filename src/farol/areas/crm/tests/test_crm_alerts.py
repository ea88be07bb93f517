"""A shop of twenty leads a day: quiet mornings, a form that breaks, a goal out of reach, checks that do not hold."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client, override_settings
from django.utils import translation

from farol.areas.crm.models import Goal, QualityRun
from farol.areas.crm.tests.company import ROWS, at, published, row
from farol.cli.root import build
from farol.core import clock
from farol.engines.alerts.jobs import JOBS
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.words import sentence, title
from farol.platform.accounts.models import Role, User
from farol.platform.calendar import default
from farol.platform.jobs import JobRun
from farol.platform.notifications.models import Notification

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
END = dt.date(2026, 10, 8)  # the last day; on it and on the two days before, the form of the paid channel is broken
BROKEN = 3
ORIGINS: tuple[tuple[dict[str, str], int], ...] = (
    ({"utm_source": "google", "utm_medium": "cpc"}, 9),
    ({"utm_source": "google", "utm_medium": "organic"}, 7),
    ({"origin": "Indicação"}, 4),
)


def leads() -> list[dict[str, Any]]:
    chance, found = random.Random(5), []
    for back in range(130):
        day = END - dt.timedelta(days=back)
        for fields, usual in ORIGINS:
            few = 1.0 if default().is_business_day(day) else 0.35
            count = 0 if fields.get("utm_medium") == "cpc" and back < BROKEN else usual * few * chance.uniform(0.8, 1.2)
            for number in range(round(count)):
                when = at(f"{day} {9 + number % 9:02d}:15")
                known = {"name": "Lead", "status": "open", "pipeline_id": "1", "status_id": "11", "counts": True}
                known |= {"responsible_id": "101", "created_at": when, "tags": "[]", "custom": "{}", **fields}
                found.append(row(f"{day}-{len(found)}", when, **known))
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: Any, django_db_setup: Any, django_db_blocker: Any) -> Any:
    """Published once for all tests of this file."""
    folder = tmp_path_factory.mktemp("home").resolve()
    rows = {name: ROWS[name] for name in ("pipeline", "status", "user")} | {"lead": leads()}
    with django_db_blocker.unblock(), override_settings(FAROL_HOME=folder):
        published(rows, until=at(f"{END + dt.timedelta(days=1)} 00:00"))
    return folder


@pytest.fixture
def shop(home: Any, settings: Any) -> Iterator[None]:
    settings.FAROL_HOME = home
    with translation.override("pt-br"):
        yield


def run(day: dt.date) -> dict[str, Any]:
    words = ["alerts", "run", "--area", "crm", "--date", day.isoformat(), "--format", "json"]
    done = CliRunner().invoke(build(), words)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def morning(day: dt.date) -> None:
    instant = dt.datetime.combine(day, dt.time(9, 5), dt.UTC)
    (job,) = JOBS
    with clock.frozen(instant):
        job.run(JobRun(job, 1, "schedule", instant))


def manager() -> User:
    user = User.objects.create_user("gil@example.com", "uma senha comprida 9")
    user.roles.set([Role.objects.get(slug="manager")])
    return user


def test_days_with_nothing_planted_are_quiet() -> None:
    for back in range(BROKEN, BROKEN + 4):
        assert run(END - dt.timedelta(days=back))["alerts"] == []
    assert AlertCase.objects.count() == 0


def test_a_broken_form_is_one_alert_of_its_channel_that_lasts() -> None:
    for back in (1, 0):
        found = run(END - dt.timedelta(days=back))
    (alert,) = [row for row in found["alerts"] if row["status"] == "new"]
    assert (alert["segment"], alert["measure"], alert["direction"]) == ({"channel": "paid"}, "leads", "down")
    assert alert["observed"] == 0 < alert["low"]
    assert all(row["explained_by"] == [{"channel": "paid"}] for row in found["alerts"] if row["status"] == "explained")
    case = AlertCase.objects.get()
    assert (case.rule, case.first_day, case.last_day) == ("leads", END - dt.timedelta(days=1), END)
    assert title(case).startswith("Leads em Canal Pago")
    assert run(END)["alerts"] == found["alerts"]


def test_its_page_shows_the_weeks_before_and_leads_to_the_dashboard() -> None:
    run(END)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(manager())
    page = client.get(f"/alertas/{AlertCase.objects.get().pk}")
    assert page.status_code == 200
    assert "alert-chart" in page.content.decode()
    assert f"?period={END}&amp;base=w1&amp;channel=paid" in page.content.decode()
    assert client.get("/alertas?direction=down").content.decode().count("alert-title") == 1
    assert client.get("/alertas?direction=up").content.decode().count("alert-title") == 0


def test_the_morning_opens_cases_of_the_goal_and_of_checks_and_tells_once() -> None:
    person = manager()
    Goal.objects.create(month=END.replace(day=1), revenue=9_000_000)
    failed = {"passed": False, "hard": False, "params": {"count": 3}}
    QualityRun.objects.create(at=clock.now(), check_name="no_source", version="1", **failed)
    for day in (1, 1, 2):
        morning(END + dt.timedelta(days=day))
    cases = {case.rule: case for case in AlertCase.objects.filter(area="crm").exclude(rule="stale")}
    assert set(cases) == {"leads", "goal", "checks"}
    assert "9.000.000,00" in sentence(cases["goal"])
    assert "3" in sentence(cases["checks"])
    assert Notification.objects.filter(person=person, record=f"alert:{cases['goal'].pk}").count() == 1
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    for case in cases.values():
        assert client.get(f"/alertas/{case.pk}").status_code == 200


def test_an_area_without_data_is_not_missed(settings: Any, tmp_path: Any) -> None:
    settings.FAROL_HOME = tmp_path
    morning(END)
    assert not AlertCase.objects.filter(area="crm").exists()


def test_the_replaced_rule_knows_nothing_of_it() -> None:
    words = ["alerts", "run", "--area", "crm", "--date", END.isoformat(), "--rule", "classic"]
    done = CliRunner().invoke(build(), words)
    assert (done.exit_code, done.stdout) == (1, "")
