"""The job of every morning, and the pages, on an installation whose data never came."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from farol.core import clock
from farol.engines.alerts.jobs import JOBS
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.queries import assignable
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.rights import rights_of
from farol.platform.jobs import JobRun

pytestmark = pytest.mark.django_db
SIX_OCLOCK = dt.datetime(2025, 3, 3, 9, 5, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def no_data(monkeypatch):
    monkeypatch.setattr("farol.engines.alerts.cases._complete_until", lambda _rules: None)


def morning(instant: dt.datetime) -> None:
    (job,) = JOBS
    with clock.frozen(instant):
        job.run(JobRun(job, 1, "schedule", instant))


def person(role: str) -> User:
    row, _made = Role.objects.update_or_create(slug=role, defaults={"name": role, "rights": rights_of(role)})
    user = User.objects.create(email=f"{role}@example.com", name=role)
    user.roles.add(row)
    return user


def test_a_source_that_is_silent_is_told_of_once():
    morning(SIX_OCLOCK)
    morning(SIX_OCLOCK)
    morning(SIX_OCLOCK + dt.timedelta(days=1))
    case = AlertCase.objects.get()
    assert (case.area, case.kind, case.status) == ("payments", "stale", "new")
    assert (case.first_day, case.last_day) == (dt.date(2025, 3, 2), dt.date(2025, 3, 3))


def test_the_page_of_a_silent_source_has_no_chart_and_can_be_judged():
    morning(SIX_OCLOCK)
    case = AlertCase.objects.get()
    client = Client()
    client.force_login(person("manager"))
    page = client.get(f"/alertas/{case.pk}")
    assert page.status_code == 200
    assert "alert-chart" not in page.content.decode()
    answer = client.post(f"/alertas/{case.pk}/noise", {"version": case.version})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.verdict == "noise"
    late = client.post(f"/alertas/{case.pk}/acknowledge", {"version": 1})
    assert late.status_code == 409
    assert client.post(f"/alertas/{case.pk}/noise", {}).status_code == 422


def test_people_to_assign_are_those_who_may_see_it(django_assert_num_queries):
    for role in ("manager", "finance", "viewer", "cs_admin", "seller"):
        person(role)
    morning(SIX_OCLOCK)
    case = AlertCase.objects.get()
    with django_assert_num_queries(2):
        assert [name for _pk, name in assignable(case)] == ["finance", "manager", "viewer"]
