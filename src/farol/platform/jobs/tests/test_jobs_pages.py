"""The page of tasks, through the door."""

from __future__ import annotations

import pytest
from django.test import Client

from farol.core import clock
from farol.platform.accounts.models import Role, User
from farol.platform.audit.models import Entry
from farol.platform.jobs import plan
from farol.platform.jobs.job import jobs
from farol.platform.jobs.models import Cause, Schedule

PAGE = "/administracao/tarefas/"


@pytest.fixture
def administrator(db):
    user = User.objects.create_user("ti@example.com", "uma senha comprida")
    user.roles.add(Role.objects.get(slug="super_admin"))
    client = Client()
    client.force_login(user)
    return client


def test_every_task_is_listed_with_its_state(administrator):
    text = administrator.get(PAGE).content.decode()
    assert "jobs.tidy" in text
    assert administrator.get(f"{PAGE}jobs.tidy").status_code == 200


def test_run_now_leaves_the_work_to_the_worker(administrator):
    assert administrator.post(f"{PAGE}jobs.tidy/executar").status_code == 302
    row = Schedule.objects.get(name="jobs.tidy")
    assert (row.requested, row.requested_by.email, row.holder) == (Cause.PERSON, "ti@example.com", "")
    assert administrator.post(f"{PAGE}jobs.tidy/executar").status_code == 409
    assert Entry.objects.filter(code="job.run").count() == 1


def test_pause_and_resume(administrator):
    administrator.post(f"{PAGE}jobs.tidy/pausar")
    administrator.post(f"{PAGE}jobs.tidy/pausar")
    assert Schedule.objects.get(name="jobs.tidy").paused
    administrator.post(f"{PAGE}jobs.tidy/retomar")
    row = Schedule.objects.get(name="jobs.tidy")
    assert not row.paused
    assert row.next_at is not None
    assert list(Entry.objects.filter(code__startswith="job.").order_by("id").values_list("code", flat=True)) == [
        "job.paused",
        "job.resumed",
    ]


@pytest.mark.parametrize("name", ["unknown", "a%00b", "../x"])
def test_an_unknown_task_is_not_found(administrator, name):
    assert administrator.get(f"{PAGE}{name}").status_code == 404
    assert administrator.post(f"{PAGE}{name}/executar").status_code == 404


def test_reading_changes_nothing(administrator):
    administrator.get(PAGE)
    administrator.get(f"{PAGE}jobs.tidy")
    assert not Schedule.objects.exists()


def test_a_plan_of_ones_own_is_followed_until_it_is_taken_back(administrator):
    assert administrator.post(f"{PAGE}jobs.tidy/plano", {"cron": " 30  5 * * 1 "}).status_code == 302
    row = Schedule.objects.get(name="jobs.tidy")
    local = clock.local(row.next_at)
    assert (row.cron, row.own_cron, local.weekday(), local.hour, local.minute) == ("30 5 * * 1", "30 5 * * 1", 0, 5, 30)
    assert plan.schedule_of(jobs()["jobs.tidy"]).next_at == row.next_at
    assert Entry.objects.filter(code="job.planned").count() == 1
    administrator.post(f"{PAGE}jobs.tidy/plano", {"cron": ""})
    assert Schedule.objects.get(name="jobs.tidy").cron == jobs()["jobs.tidy"].cron


@pytest.mark.parametrize(
    "text", ["every day", "* * * *", "* * * * * *", "0 0 30 2 *", "99 * * * *", "0 6 * * *" + " " * 90 + "x"]
)
def test_what_is_no_plan_changes_nothing(administrator, text):
    administrator.post(f"{PAGE}jobs.tidy/plano", {"cron": text})
    assert not Schedule.objects.exclude(own_cron="").exists()
