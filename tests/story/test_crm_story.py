"""Monday's meeting from the command line: a made-up Kommo is loaded, asked, checked, forecast, and loaded again."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from farol.areas.crm.planning.goals import GoalValues, set_goal
from farol.cli.root import build
from farol.connectors.kommo.simulator import Simulator, seeded
from farol.core import clock
from farol.platform.accounts.principal import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = dt.datetime(2026, 11, 20, 6, tzinfo=dt.timezone(dt.timedelta(hours=-3)))


@pytest.fixture
def kommo(tmp_path, settings):
    settings.FAROL_HOME = tmp_path
    settings.FAROL_KOMMO_PER_SECOND, settings.FAROL_KOMMO_PARALLEL = 50.0, 1
    with clock.frozen(MORNING), Simulator(seeded(7, MORNING, 160, 8), per_second=60) as simulator:
        settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = simulator.url, simulator.token
        yield simulator


def farol(*words: str, ends: int = 0) -> dict:
    done = CliRunner().invoke(build(), words)
    assert done.exit_code == ends, done.output
    return json.loads(done.stdout)


def test_from_the_account_to_the_forecast(kommo):
    loaded = farol("sync", "kommo", "--full", "--json")
    assert (loaded["status"], loaded["gaps"], loaded["error"]) == ("done", [], None)
    assert loaded["complete_until"] == "2026-11-19"
    standing = [row for row in kommo.world.leads if not row["is_deleted"]]
    assert loaded["entities"]["leads"]["rows"] == len(standing)

    asked = ("query", "leads", "--measures", "leads,leads_classified,conversion", "--by", "channel", "--format", "json")
    found = farol(*asked, "--period", "2026-01-01..2026-11-20")
    assert found["complete_until"] == "2026-11-19"
    first = int(dt.datetime(2026, 1, 1, tzinfo=MORNING.tzinfo).timestamp())
    assert sum(row["leads"] for row in found["rows"]) == sum(row["created_at"] >= first for row in standing)

    checked = farol("check", "crm", "--json")
    assert checked["passed"]
    assert {check["check"] for check in checked["checks"]} >= {"keys_unique", "won_without_value", "no_responsible"}

    ahead = farol("forecast", "crm", "--as-of", "2026-11-15", "--format", "json")
    assert (ahead["month"], ahead["revenue"]["goal"], ahead["revenue"]["risk"]) == ("2026-11", None, None)
    assert {"run_rate", "seasonal_naive"} == set(ahead["rivals"])
    set_goal(dt.date(2026, 11, 1), "", "", GoalValues(revenue=10**7), SYSTEM)
    ahead = farol("forecast", "crm", "--as-of", "2026-11-16", "--format", "json")
    assert (ahead["revenue"]["goal"], ahead["revenue"]["risk"]) == ("10000000.00", "critical")


def test_an_edit_and_a_deletion_arrive_and_a_failure_changes_nothing(kommo):
    farol("sync", "kommo", "--full", "--json")
    everything = ("query", "leads", "--measures", "leads,won", "--period", "2026-01-01..2026-11-20", "--format", "json")
    before = farol(*everything)["rows"]
    kommo.faults.plant("402", entity="leads", times=50)
    failed = farol("sync", "kommo", "--json", ends=1)
    assert (failed["status"], farol(*everything)["rows"]) == ("failed", before)
    kommo.faults.clear()
    gone = next(row["id"] for row in kommo.world.leads if not row["is_deleted"] and row["created_at"] > 1_767_300_000)
    with clock.frozen(MORNING + dt.timedelta(minutes=20)):
        kommo.world.delete_lead(gone)
        again = farol("sync", "kommo", "--json")
    assert again["status"] == "done"
    assert farol(*everything)["rows"][0]["leads"] == before[0]["leads"] - 1
