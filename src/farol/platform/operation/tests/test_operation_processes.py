"""`farol up` and what it starts: everything stands and falls together, and says what is wrong."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from tests.environment import ENGINE

COUNT = """
from farol.platform.accounts.models import Role, User
print(json.dumps([User.objects.count(), Role.objects.count()]))
"""
CHILDREN = ("farol.cli.pages", "stream", "worker")


def children_of(process) -> dict[str, int]:
    """Process ids by command, as Linux tells them."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            status = Path(f"/proc/{entry}/stat").read_text()
            command = Path(f"/proc/{entry}/cmdline").read_text().split("\0")
        except OSError:
            continue
        parent = int(status.rpartition(")")[2].split()[1])
        name = next((c for c in CHILDREN if c in command), "")
        if parent == process.pid and name:
            found[name] = int(entry)
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def up(installation, tools):
    port, stream = tools.free_ports(2)
    process = installation.start("up", "--port", str(port), FAROL_STREAM_PORT=str(stream))
    url = f"http://127.0.0.1:{port}"
    tools.wait_for(lambda: tools.get(f"{url}/readyz")[0] == 200 or process.poll() is not None, 90, "ready")
    assert process.poll() is None, installation.log()
    process.url, process.stream = url, f"http://127.0.0.1:{stream}"
    return process


def test_everything_comes_up_dies_and_goes_down_together(up, installation, tools):
    assert tools.get(f"{up.url}/healthz") == (200, "ok\n")
    assert tools.get(f"{up.stream}/healthz") == (200, "ok\n")
    ready = json.loads(tools.get(f"{up.url}/readyz")[1])
    assert {"database", "worker", "migrations", "disk"} <= ready["checks"].keys()
    status, figures = tools.get(f"{up.url}/metrics")
    assert status == 200
    assert 'farol_requests_total{method="GET",route="healthz",status="200"}' in figures
    assert "farol_worker_silence_seconds" in figures
    assert tools.get(f"{up.url}/metrics", **{"X-Forwarded-For": "203.0.113.9"})[0] == 403

    before = children_of(up)
    assert set(before) == set(CHILDREN)
    os.kill(before["worker"], signal.SIGKILL)
    tools.wait_for(lambda: children_of(up).get("worker", before["worker"]) != before["worker"], 30, "a new worker")

    lines = [json.loads(line) for line in installation.log().splitlines() if line.startswith("{")]
    access = next(line for line in lines if line["name"] == "farol.access" and line["route"] == "healthz")
    assert access["status"] == 200
    assert access["ms"] >= 0
    assert access["request_id"]

    left = children_of(up)
    up.send_signal(signal.SIGINT)
    assert up.wait(60) == 0
    assert all(gone(pid) for pid in left.values())


def test_children_die_with_a_killed_parent(up, tools):
    left = children_of(up)
    up.kill()
    up.wait()
    for name, pid in left.items():
        tools.wait_for(lambda pid=pid: gone(pid), 60, f"{name} ends")


def test_readiness_turns_red_when_the_worker_is_silent(installation, tools):
    port = tools.free_ports(1)[0]
    installation.start("serve", "--port", str(port))
    url = f"http://127.0.0.1:{port}/readyz"
    tools.wait_for(lambda: tools.get(url)[0] == 503, 60, "red without a worker")
    body = json.loads(tools.get(url)[1])
    assert body["checks"]["worker"]["level"] == "red"
    assert body["checks"]["database"]["level"] == "green"
    worker = installation.start("worker")
    tools.wait_for(lambda: tools.get(url)[0] == 200, 60, "green with a worker")
    worker.terminate()
    worker.wait(60)
    tools.wait_for(lambda: tools.get(url)[0] == 503, 15, "red again")


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["stream"], ["up"]])
def test_nothing_starts_without_keys(make_installation, command):
    empty = make_installation("empty", empty=True)
    done = empty.farol(*command)
    assert done.returncode == 1
    assert "farol init" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_older_database_is_named(installation):
    installation.python(
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "MigrationRecorder.Migration.objects.filter(app='outbox').delete()\nprint(json.dumps(True))"
    )
    done = installation.farol("serve")
    assert done.returncode == 1
    assert "farol init" in done.stderr


def test_a_port_in_use_is_named(installation, tools):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = installation.farol("up", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr


def test_init_twice_keeps_keys_and_asks_nothing(make_installation):
    place = make_installation("fresh", empty=True)
    assert place.farol("init").returncode == 0
    keys = (place.home / "keys.json").read_bytes()
    assert (place.home / "keys.json").stat().st_mode & 0o077 == 0
    assert place.farol("init").returncode == 0
    assert (place.home / "keys.json").read_bytes() == keys
    assert place.python(COUNT) == [0, 12]


def test_settings_table_shows_no_secret(installation):
    shown = installation.farol("settings", FAROL_SMTP_PASSWORD="canary-password-1").stdout
    assert "FAROL_SMTP_PASSWORD" in shown
    assert "canary-password-1" not in shown
    table = installation.farol("settings", "--markdown").stdout
    assert "| `FAROL_PORT` | `8000` |" in table


if ENGINE == "postgres":

    def test_the_database_goes_away_and_comes_back(installation, tools):
        """C8: red within ten seconds, the process stays, and all recovers without hands within a minute."""
        name = installation.database.rpartition("/")[2]
        port = tools.free_ports(1)[0]
        installation.start("serve", "--port", str(port))
        worker = installation.start("worker")
        url = f"http://127.0.0.1:{port}"
        tools.wait_for(lambda: tools.get(f"{url}/readyz")[0] == 200, 90, "ready")
        tools.administer(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        tools.administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        tools.wait_for(lambda: tools.get(f"{url}/readyz")[0] == 503, 10, "red")
        assert json.loads(tools.get(f"{url}/readyz")[1])["checks"]["database"]["level"] == "red"
        assert tools.get(f"{url}/healthz")[0] == 200
        assert worker.poll() is None
        tools.administer(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
        tools.wait_for(lambda: tools.get(f"{url}/readyz")[0] == 200, 60, "ready again")
        assert worker.poll() is None
