"""A Kommo, a Farol that loads from it, and what must be equal in both; seconds of waiting pass at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
import shutil
import time
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from click.testing import CliRunner

from farol.connectors.kommo import account
from farol.connectors.kommo.simulator import Faults, Simulator, World, seeded
from farol.connectors.kommo.simulator.limits import Limits
from farol.connectors.kommo.simulator.names import filled
from farol.connectors.kommo.simulator.world import WON, centavos
from farol.connectors.kommo.sources import SOURCES
from farol.core import clock
from farol.engines.sources import commands
from farol.engines.sources.models import LoadRun, SourceStand
from farol.engines.sources.session import Session
from farol.engines.sources.syncing import SyncOutcome
from farol.engines.warehouse import current_version, find_dataset, open_reader, open_stage

NOON = dt.datetime(2026, 11, 18, 15, tzinfo=dt.UTC)  # a Wednesday
LATER = dt.timedelta(minutes=20)
NIGHT = dt.timedelta(hours=12, minutes=20)  # past midnight in São Paulo: another day is whole
LEADS, MONTHS = 60, 3


class Seconds:
    """A clock that jumps over waits."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def sleep(self, seconds: float) -> None:
        self.ahead += seconds


class Line(httpx.HTTPTransport):
    """The way to the host: it may refuse, and it remembers to which hosts something was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: list[type[httpx.TransportError]] = []
        self.hosts: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.hosts.add(request.url.netloc.decode())
        if self.broken:
            raise self.broken.pop(0)("planted")
        return super().handle_request(request)


class Company:
    """The made-up Kommo of a seed and a Farol whose settings point to it."""

    def __init__(self, seed: int, settings: Any, home: Path) -> None:
        self.seconds, self.line = Seconds(), Line()
        self.world: World = seeded(seed, NOON, LEADS, MONTHS)
        self.faults = Faults(seed)
        self.kommo = Simulator(self.world, per_second=1000, faults=self.faults, seed=seed)
        self.kommo.limits = Limits(1000, now=self.seconds.now)
        self.chance, self.exit_code = random.Random(seed), 0
        settings.FAROL_HOME, settings.FAROL_KOMMO_URL = home, self.kommo.url
        settings.FAROL_KOMMO_TOKEN, settings.FAROL_KOMMO_PER_SECOND = self.kommo.token, 50.0

    def __enter__(self) -> Company:
        self.kommo.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.kommo.__exit__(*error)

    def load(self, *, full: bool = False) -> SyncOutcome:
        """What `farol sync kommo --json` does and prints; `exit_code` is how it ended."""
        source = dataclasses.replace(SOURCES[0], session=self._session, parallel=lambda: 1)
        with mock.patch.object(commands, "find_source", return_value=source):
            options = ["kommo", "--json", *(["--full"] if full else [])]
            done = CliRunner().invoke(commands.fetch, options, catch_exceptions=False)
        outcome, self.exit_code = SyncOutcome(**json.loads(done.stdout)), done.exit_code
        assert LoadRun.objects.get(pk=outcome.run).status == outcome.status
        return outcome

    def _session(self, connection: str) -> Session:
        ways = {"sleep": self.seconds.sleep, "now": self.seconds.now, "transport": self.line}
        return Session("kommo", connection, account.client(**ways, connect=1.0, read=1.0, whole=1.2))

    def work(self) -> None:
        """Twenty minutes of the shop: leads come, move, change hands and prices, are deleted; tasks and notes."""
        world, chance = self.world, self.chance
        here = [row["id"] for row in world.leads if not row["is_deleted"]]
        chosen = chance.sample(here, 14)
        for lead in chosen[:4]:
            world.edit_lead(lead, status_id=chance.choice((WON, 143, 94000003)))
        for lead in chosen[4:7]:
            world.edit_lead(lead, price=chance.randrange(100, 9000))
        for lead in chosen[7:10]:
            world.edit_lead(lead, responsible_user_id=9000002)
        for lead in chosen[10:12]:
            world.delete_lead(lead)
        for _number in range(4):
            fields = [filled("utm_source", "google"), filled("utm_medium", "cpc")]
            world.create_lead(name="Recém-chegado", price=500, responsible_user_id=9000003, custom_fields_values=fields)
        for lead in chosen[12:]:
            self._touch(lead)

    def _touch(self, lead: int) -> None:
        kommo = self.kommo._writes
        kommo.create(
            "tasks",
            "",
            [{"text": "Ligar", "complete_till": self.world.instant() + 900, "entity_id": lead, "entity_type": "leads"}],
        )
        kommo.create("notes", "leads", [{"entity_id": lead, "note_type": "common", "params": {"text": "visita"}}])
        task = next(row for row in self.world.tasks if not row["is_completed"])
        self.world.tasks.put({**task, "is_completed": True, "updated_at": self.world.instant()})
        self.world.note_event("task_completed", "task", task["id"], [], [])


class Base:
    """A home into which the company of `seed` was loaded whole at noon, and how the source stood then."""

    def __init__(self, home: Path, seed: int, settings: Any) -> None:
        self.home = home
        with clock.frozen(NOON), Company(seed, settings, home) as company:
            outcome = company.load(full=True)
            assert outcome.status == "done", outcome
            assert differences(company.world) == []
        self.stands = list(SourceStand.objects.all())

    def copied(self, target: Path) -> Path:
        """A home like it; its stands in the database of this test."""
        SourceStand.objects.bulk_create(self.stands, ignore_conflicts=True)
        return copied(self.home, target)


def copied(home: Path, target: Path) -> Path:
    shutil.copytree(home, target)
    return target


def published() -> tuple[str, list[tuple[Any, ...]]]:
    """The version that readers see, and its leads."""
    version = current_version("crm")
    assert version is not None
    columns = "lead_id, status, value_centavos, responsible_id, updated_at, won, activities"
    with open_reader("crm") as reader:
        table = reader.table("lead")
        return version.name, sorted(reader.rows(f"SELECT {columns} FROM {table}"))


def differences(world: World) -> list[str]:
    """Where the stage or the published tables are not what the world says; empty when all is equal."""
    return [name for name, (here, there) in _pairs(world).items() if here != there]


def _pairs(world: World) -> dict[str, tuple[Any, Any]]:
    leads = [row for row in world.leads if not row["is_deleted"]]
    columns = "id, status_id, pipeline_id, responsible_id, price_centavos, updated_at, created_at"
    with open_stage(find_dataset("crm"), clean=False) as stage:

        def rows(sql: str) -> set[tuple[Any, ...]]:
            return set(stage.connection.execute(sql).fetchall())

        pairs: dict[str, tuple[Any, Any]] = {
            "leads": (
                rows(f"SELECT {columns} FROM lead WHERE NOT deleted"),
                {_lead(row) for row in leads},
            ),
            "tasks": (
                rows("SELECT id, completed, updated_at, due_at FROM task WHERE NOT deleted"),
                {(str(r["id"]), r["is_completed"], r["updated_at"], r["complete_till"]) for r in world.tasks},
            ),
            "events": (
                rows("SELECT id, type, entity_id, created_at, to_status FROM event"),
                {(r["id"], r["type"], str(r["entity_id"]), r["created_at"], _target(r)) for r in world.events},
            ),
            "notes": (
                rows("SELECT id, type, entity_id, entity_type FROM note"),
                {(str(r["id"]), r["note_type"], str(r["entity_id"]), r["entity_type"]) for r in world.notes},
            ),
            "contacts": (
                rows("SELECT id, updated_at FROM contact"),
                {(str(r["id"]), r["updated_at"]) for r in world.contacts},
            ),
            "dirty": (stage.dirty, None),
        }
    pairs["mart"] = (_mart(), _expected(leads))
    return pairs


def _lead(row: dict[str, Any]) -> tuple[Any, ...]:
    ids = (str(row[name]) for name in ("id", "status_id", "pipeline_id", "responsible_user_id"))
    return (*ids, centavos(row), row["updated_at"], row["created_at"])


def _target(row: dict[str, Any]) -> str | None:
    status = next((item["lead_status"]["id"] for item in row["value_after"] if "lead_status" in item), None)
    return None if status is None else str(status)


def _mart() -> tuple[Any, ...]:
    with open_reader("crm") as reader:
        leads, deals = reader.table("lead"), reader.table("deal")
        count = reader.rows(f"SELECT count(*), sum(won), sum(lost), sum(value_centavos) FROM {leads}")[0]
        return (*count, reader.rows(f"SELECT sum(revenue_centavos) FROM {deals}")[0][0])


def _expected(leads: list[dict[str, Any]]) -> tuple[Any, ...]:
    values = {row["id"]: centavos(row) for row in leads}
    won = [row["id"] for row in leads if row["status_id"] == WON]
    lost = sum(row["status_id"] == 143 for row in leads)
    return len(leads), len(won), lost, sum(values.values()), sum(values[lead] for lead in won)
