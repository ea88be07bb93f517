"""Doctor, readiness, redaction, refusals: each in this process."""

from __future__ import annotations

import json
import logging
import time

import pytest
from click.testing import CliRunner
from django.db import OperationalError, connection
from django.test import Client

from farol.core.errors import Refused
from farol.platform.jobs.models import Presence, Schedule
from farol.platform.operation import commands, doctor, health, start, tasks
from farol.platform.operation.checks import Check, Level, red
from farol.platform.operation.redaction import redact
from farol.platform.outbox.models import OutboxMessage, State
from farol.platform.web.logs import JsonFormatter, TextFormatter


def level(check) -> Level:
    return health.worst(list(check()))


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), False),
        ((3, 52, 1), True),
        ((3, 53, 4), True),
    ],
)
def test_sqlite_that_loses_data_is_refused_for_several_processes(db, monkeypatch, version, safe):
    monkeypatch.setattr(start, "sqlite_version", lambda: version)
    monkeypatch.setattr(connection, "vendor", "sqlite")
    start.refuse_unsafe_sqlite(1)
    if safe:
        start.refuse_unsafe_sqlite(4)
    else:
        with pytest.raises(Refused, match="PostgreSQL"):
            start.refuse_unsafe_sqlite(4)


def test_a_broken_check_is_a_finding(db):
    def broken():
        raise OperationalError("connection refused: password=canary-4711")
        yield

    findings = health.examine(Check("x", "X", broken))
    assert findings[0].level == Level.RED
    assert "canary" not in str(findings[0].text)


def test_worker_is_missed_within_half_a_minute(db):
    assert level(health.worker) == Level.RED
    Presence.objects.create(id="w", kind="worker", host="h", pid=1, beat_at=time.time() - 10)
    assert level(health.worker) == Level.GREEN
    Presence.objects.update(beat_at=time.time() - 31)
    assert level(health.worker) == Level.RED


def test_a_folder_that_cannot_be_written_is_red(db, settings, tmp_path, monkeypatch):
    settings.FAROL_HOME = tmp_path
    assert level(health.disk) != Level.RED
    (tmp_path / "tmp").rmdir()
    (tmp_path / "tmp").write_text("a file where the folder should be")
    assert level(health.disk) == Level.RED


def test_a_full_disk_is_red(db, settings, tmp_path, monkeypatch):
    settings.FAROL_HOME = tmp_path
    usage = type("Usage", (), {"free": 50 * 2**20})
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: usage)
    assert level(health.disk) == Level.RED


def test_dead_letters_and_failed_jobs_are_named_with_a_remedy(db):
    OutboxMessage.objects.create(channel="email", key="k", payload=b"", state=State.FAILED)
    Schedule.objects.create(name="reports.daily", cron="0 6 * * *", last_outcome="failed", last_error="no data")
    for check in (doctor.outbox, doctor.jobs):
        findings = [finding for finding in check() if finding.level == Level.RED]
        assert findings
        assert all(finding.remedy for finding in findings)


def test_every_check_answers_and_every_problem_has_a_remedy(db):
    for check in health.checks():
        findings = health.examine(check)
        assert findings, check.name
        assert all(finding.remedy for finding in findings if finding.level != Level.GREEN), check.name


def test_doctor_s_exit_code_and_json(db, monkeypatch):
    monkeypatch.setattr(commands, "checks", lambda: [Check("x", "X", lambda: [red("Broken.", "Mend it.")])])
    done = CliRunner().invoke(commands.doctor, ["--json"])
    assert done.exit_code == 1
    body = json.loads(done.stdout)
    assert body == {"level": "red", "checks": {"x": [{"level": "red", "text": "Broken.", "remedy": "Mend it."}]}}


CANARY = "canary7f3a9c2e51"


@pytest.mark.parametrize(
    "text",
    [
        f"GET https://api.example.com/v2?token={CANARY}&page=2",
        f"Authorization: Bearer {CANARY}",
        f"authorization=Basic {CANARY}==",
        f'{{"password": "{CANARY}"}}',
        f"{{'api_key': '{CANARY}'}}",
        f"postgresql://farol:{CANARY}@db.internal/farol",
        f"Cookie: sessionid={CANARY}",
        f"Set-Cookie: farol_session={CANARY}; HttpOnly",
        f"senha={CANARY}",
        f"client_secret={CANARY}",
        f"x-api-key: {CANARY}",
        "CPF 123.456.789-09",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text):
    shown = redact(text)
    assert CANARY not in shown
    assert "123.456.789-09" not in shown


def test_the_installation_s_own_secrets_are_hidden_wherever_they_stand(settings):
    assert settings.KEYRING.session_secret not in redact(f"odd place {settings.KEYRING.session_secret} here")


@pytest.mark.parametrize(
    "formatter", [TextFormatter(), JsonFormatter("%(asctime)s %(levelname)s %(message)s %(request_id)s")]
)
def test_a_log_line_is_one_line_without_secrets(formatter):
    try:
        raise RuntimeError(f"https://x.example/?token={CANARY}\nERROR forged line")
    except RuntimeError:
        record = logging.LogRecord(
            "t", logging.ERROR, "f", 1, "name %s", ("a\r\nERROR forged\x1b[31m",), logging.sys.exc_info()
        )
    record.request_id = "1"
    text = formatter.format(record)
    assert CANARY not in text
    assert not [line for line in text.splitlines() if line.startswith("ERROR")]
    assert "\x1b" not in text


def test_metrics_are_for_this_machine_or_a_token(db, settings):
    client = Client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    settings.FAROL_METRICS_TOKEN = "a-long-token-for-prometheus"
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 403
    wrong = {"HTTP_AUTHORIZATION": "Bearer other"}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", **wrong).status_code == 403
    right = {"HTTP_AUTHORIZATION": "Bearer a-long-token-for-prometheus"}
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9", **right).status_code == 200


def test_readiness_names_causes_and_no_addresses(db):
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"]["level"] == "red"


def test_a_background_task_runs_and_an_orphan_fails(db):
    from django_tasks_db.models import DBTaskResult

    from farol.platform.jobs.presence import Life

    life = Life("worker")
    row = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="farol.platform.operation.tests.none",
        backend_name="default",
        run_after="2026-01-01T00:00:00Z",
    )
    assert tasks.run_next(life)
    assert not tasks.run_next(life)
    row.refresh_from_db()
    assert row.status == "FAILED"  # its function does not exist
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["worker-gone"])
    assert tasks.fail_orphans() == 1
