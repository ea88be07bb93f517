"""Syncs: what is whole is published, whatever fails leaves the last version, and the next load mends it."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from django.utils import translation

from farol.core import clock
from farol.core.errors import Refused
from farol.engines.sources import commands, stands
from farol.engines.sources.days import local_day
from farol.engines.sources.errors import Missing, Unreachable
from farol.engines.sources.models import LoadRun, SourceDay, SourceStand
from farol.engines.sources.session import Session
from farol.engines.sources.source import Batch, Days, Entity, Problem, Source
from farol.engines.sources.sync import rebuild, start, sync
from farol.engines.warehouse import (
    Audit,
    Build,
    CheckFailed,
    Dataset,
    StageTable,
    Table,
    current_version,
    find_dataset,
    open_reader,
    open_stage,
)
from farol.engines.warehouse.connection import warehouse_home
from farol.engines.warehouse.lease import writer_lease
from farol.engines.warehouse.sql import Sql
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR
from farol.platform.audit.models import Entry
from farol.platform.notifications.models import Notification

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
DAY = 86_400


class NoHttp:
    """What a sync asks of a session's client besides walks."""

    requests, waited = 7, 0.5

    def stop(self) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class World:
    """The other side: leads by id, and what goes wrong."""

    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: dict[str, Any] = field(default_factory=dict)
    cursors: list[Any] = field(default_factory=list)
    looks: list[set[str]] = field(default_factory=list)  # ids that a look does not show, one set for each look

    def add(self, number: int, days_ago: int = 3, price: int = 10_000) -> None:
        at = int(NOW.timestamp()) - days_ago * DAY
        self.leads[str(number)] = {
            "connection_id": "default",
            "id": str(number),
            "name": f"Lead {number}",
            "price_centavos": price,
            "created_at": at,
            "updated_at": at,
        }

    def walk(self, session: Session, cursor: dict[str, Any] | None, full: bool):
        self.cursors.append(cursor)
        since = cursor["at"] if cursor else 0
        rows = sorted((r for r in self.leads.values() if r["updated_at"] >= since), key=lambda r: r["updated_at"])
        for place, row in enumerate(rows):
            if fault := self.faults.pop(place, None):
                raise fault
            yield Batch({"lead": [dict(row)]}, [(row["id"], row["updated_at"], "{}")], cursor={"at": row["updated_at"]})

    def days(self, session: Session, first: dt.date, last: dt.date, sure: bool):
        hidden = self.looks.pop(0) if self.looks else set()
        rows = [
            dict(r)
            for r in self.leads.values()
            if first <= clock.local(dt.datetime.fromtimestamp(r["created_at"], dt.UTC)).date() <= last
        ]
        yield Batch({"lead": [r for r in rows if r["id"] not in hidden]})

    def find(self, session: Session, ids: Collection[str]):
        yield Batch({"lead": [dict(self.leads[number]) for number in ids if number in self.leads]})


def funnel(session: Session, cursor: Any, full: bool):
    same = {"connection_id": "default", "updated_at": 1}
    yield Batch(
        {
            "user": [{**same, "id": "5", "name": "Ana"}],
            "pipeline": [{**same, "id": "1", "name": "Vendas"}],
            "status": [{**same, "id": "1:10", "name": "Novo"}],
        }
    )


def source_of(world: World, *more: Entity, parallel: int = 1) -> Source:
    entities = (
        Entity("funnel", "Funnel", "pipeline", funnel, phase=0),
        Entity("leads", "Leads", "lead", world.walk, days=Days(world.days, world.find, amount="price_centavos")),
        *more,
    )
    return Source(
        name="made-up",
        label="Made-up",
        dataset="crm",
        entities=entities,
        configured=lambda: True,
        session=lambda connection: Session("made-up", connection, NoHttp()),  # type: ignore[arg-type]
        test=lambda: "fine",
        settings=("FAROL_MADE_UP",),
        parallel=lambda: parallel,
    )


COMMON = {"connection_id": "TEXT", "id": "TEXT", "updated_at": "BIGINT", "deleted": "BOOLEAN", "run": "BIGINT"}
STAGE = (
    StageTable("lead", {**COMMON, "name": "TEXT", "price_centavos": "BIGINT", "created_at": "BIGINT"}),
    *(StageTable(name, {**COMMON, "name": "TEXT"}) for name in ("user", "pipeline", "status", "tag", "company")),
)
LEADS = Table("lead", {"lead_id": "TEXT", "created_day": "DATE"}, ("lead_id",))


def fill(build: Build) -> None:
    day = "CAST(timezone('America/Sao_Paulo', to_timestamp(created_at)) AS DATE)"
    build.fill(LEADS, Sql(f"SELECT id AS lead_id, {day} AS created_day FROM lead WHERE NOT deleted"))


def whole(audit: Audit) -> dt.date | None:
    until = audit.rows("SELECT value FROM mark WHERE name = 'until:default'")
    return local_day(int(until[0][0])) - dt.timedelta(days=1)


SMALL = Dataset("crm", "Commercial", (LEADS,), fill, day="created_day", stage=STAGE, complete=whole)


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    settings.FAROL_HOME = tmp_path
    monkeypatch.setattr("farol.engines.warehouse.dataset.all_datasets", lambda: (SMALL,))
    with translation.override("en"), clock.frozen(NOW):
        yield tmp_path


@pytest.fixture
def world() -> World:
    made = World()
    for number in range(8):
        made.add(number, days_ago=number % 4)
    return made


def load(source: Source, **options):
    run = start(source, OPERATOR, full=options.get("full", False), since=None, cause="command")
    return sync(source, run, **options)


def leads_published() -> set[str]:
    with open_reader("crm") as reader:
        return {row[0] for row in reader.rows("SELECT lead_id FROM lead", ())}


def test_a_load_publishes_and_the_next_one_takes_only_what_changed(world):
    source = source_of(world)
    first = load(source)
    assert (first.status, first.error, first.data_version) == ("done", None, "1")
    assert (first.complete_until, first.requests) == ("2026-11-19", 7)
    assert leads_published() == set(world.leads)
    world.leads["0"] |= {"name": "Changed", "updated_at": int(NOW.timestamp())}
    world.add(99, days_ago=0)
    second = load(source)
    assert world.cursors[0] is None
    assert world.cursors[1] is not None
    assert (second.status, second.data_version, second.rows_changed) == ("done", "2", 1)
    assert leads_published() == set(world.leads)
    third = load(source)
    assert (third.status, third.data_version, third.rows_new + third.rows_changed) == ("unchanged", "2", 0)
    assert load(source, full=True).rows_read > third.rows_read
    assert world.cursors[-1] is None


def test_a_new_day_is_published_although_nothing_changed(world):
    source = source_of(world)
    load(source)
    with clock.frozen(NOW + dt.timedelta(days=1)):
        outcome = load(source)
    assert (outcome.status, outcome.data_version, outcome.complete_until) == ("done", "2", "2026-11-20")


def test_a_failure_publishes_nothing_tells_people_and_the_next_load_goes_on(world):
    source = source_of(world)
    reader = User.objects.create_user(email="boss@example.com", password="long enough 123")
    reader.roles.add(Role.objects.create(slug="boss", name="Boss", rights=["sources.view"]))
    load(source)
    for number in range(20, 26):
        world.add(number, days_ago=0)
    world.faults[4] = Unreachable("Nobody is there.")
    outcome = load(source)
    assert (outcome.status, outcome.data_version) == ("failed", "1")
    assert outcome.error == {"code": "unreachable", "detail": "Nobody is there."}
    assert len(leads_published()) == 8
    run = LoadRun.objects.get(pk=outcome.run)
    assert (run.status, run.error_code, run.entities["leads"]["state"]) == ("failed", "unreachable", "failed")
    assert [n.code for n in Notification.objects.filter(person=reader)] == ["sources.failed"]
    assert stands.stand_of(source).state == "failed"
    assert Entry.objects.filter(code="sources.sync").count() == 2
    assert rebuild("crm", OPERATOR, "goals") is None  # a part of a load is never shown
    assert load(source).status == "done"
    assert leads_published() == set(world.leads)
    assert stands.stand_of(source).state == "ok"


def test_what_a_rebuild_asked_for_meanwhile_is_published_by_the_next_load(world):
    source = source_of(world)
    load(source)
    world.faults[0] = Unreachable("gone")
    load(source)
    assert rebuild("crm", OPERATOR, "rules") is None
    assert load(source).data_version == "2"
    version = rebuild("crm", OPERATOR, "rules")
    assert version is not None
    assert version.name == "3"


def test_an_interrupted_load_is_said_and_resumed_from_its_cursor(world, monkeypatch):
    monkeypatch.setattr("farol.engines.sources.storing.ROWS", 1)
    source = source_of(world)
    world.faults[5] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        load(source)
    run = LoadRun.objects.get()
    assert run.status == "failed"
    assert run.rows_read >= 5
    assert load(source).status == "done"
    assert world.cursors[1] is not None
    assert leads_published() == set(world.leads)


def test_a_killed_load_does_not_run_for_ever(world):
    dead = LoadRun.objects.create(loader="made-up", kind="sync", status="running", created_at=NOW, beat_at=NOW)
    load(source_of(world))
    dead.refresh_from_db()
    assert (dead.status, dead.error_code) == ("failed", "interrupted")


def test_what_the_source_does_not_offer_is_absent_only_where_it_is_optional(world):
    def nothing(session, cursor, full):
        raise Missing("no such list")
        yield

    extra = Entity("extra", "Extra", "", nothing, required=False)
    outcome = load(source_of(world, extra))
    assert (outcome.status, outcome.entities["extra"]["state"]) == ("done", "absent")
    assert SourceStand.objects.get(entity="extra").state == "absent"
    outcome = load(source_of(world, replace(extra, required=True)))
    assert (outcome.status, outcome.error["code"]) == ("failed", "missing")


def test_a_broken_record_fails_the_load_and_holds_the_cursor(world):
    def walk(session, cursor, full):
        yield Batch({"tag": [{"connection_id": "default", "id": "1", "name": "a", "updated_at": 1}]}, cursor={"at": 1})
        yield Batch(raw=[("2", 2, "{}")], problems=[Problem("tags", "2", "name", "is missing")], cursor={"at": 2})
        yield Batch(cursor={"at": 3})

    source = source_of(world, Entity("tags", "Tags", "tag", walk))
    outcome = load(source)
    assert outcome.status == "failed"
    assert outcome.error == {"code": "contract", "detail": "Tags 2: name: is missing"}
    assert outcome.entities["tags"]["problems"] == [
        {"entity": "tags", "record_id": "2", "field": "name", "text": "is missing"}
    ]
    assert current_version("crm") is None
    with open_stage(find_dataset("crm")) as stage:
        assert stage.cursor("made-up", "default", "tags") is None
        assert stage.cursor("made-up", "default", "leads") is not None


def test_days_that_miss_records_are_mended(world):
    source = source_of(world)
    load(source)
    world.add(50, days_ago=1)
    world.leads["50"]["updated_at"] = 5  # no walk by change finds it
    outcome = load(source)
    assert (outcome.status, outcome.gaps) == ("done", [])
    assert "50" in leads_published()
    healed = SourceDay.objects.get(day=dt.date(2026, 11, 19))
    assert (healed.state, healed.rows, healed.source_rows) == ("healed", 3, 3)
    assert SourceDay.objects.get(day=dt.date(2026, 11, 20)).state == "complete"


def test_what_is_gone_at_the_source_goes_but_not_because_of_one_bad_look(world):
    source = source_of(world)
    load(source)
    world.looks = [{"0"}]
    assert load(source).status == "unchanged"
    assert "0" in leads_published()
    del world.leads["0"]
    assert load(source).rows_deleted == 1
    assert "0" not in leads_published()


def test_a_day_that_still_differs_is_a_gap_and_nothing_is_published(world, monkeypatch):
    source = source_of(world)
    load(source)
    at = world.leads["0"]["created_at"]
    ghost = {**world.leads["0"], "id": "77", "created_at": at, "price_centavos": 1, "updated_at": at}

    def days(session, first, last, sure):
        # the other side shows a record older than the one that Farol has
        for batch in world.days(session, first, last, sure):
            yield Batch({"lead": [row for row in batch.rows["lead"] if row["id"] != "77"]})
        yield Batch({"lead": [dict(ghost, price_centavos=2, updated_at=1)]})

    world.leads["77"] = ghost
    source = replace(
        source,
        entities=(
            *source.entities[:-1],
            replace(source.entities[-1], days=Days(days, world.find, amount="price_centavos")),
        ),
    )
    outcome = load(source)
    assert (outcome.status, outcome.data_version, outcome.error["code"]) == ("failed", "1", "gap")
    assert [gap["day"] for gap in outcome.gaps] == ["2026-11-20"]
    assert SourceDay.objects.get(day=dt.date(2026, 11, 20)).state == "gap"
    assert "differs from Farol on 1 days since 2026-11-20" in outcome.error["detail"]


def test_a_check_that_fails_keeps_the_last_version(world, monkeypatch):
    source = source_of(world)
    load(source)
    world.add(60, days_ago=0)

    def refuse(*_args, **_options):
        raise CheckFailed(find_dataset("crm"), [])

    with monkeypatch.context() as patched:
        patched.setattr("farol.engines.sources.syncing.publish", refuse)
        outcome = load(source)
    assert (outcome.status, outcome.data_version, outcome.error["code"]) == ("failed", "1", "check_failed")
    assert rebuild("crm", OPERATOR, "spend") is None
    assert load(source).data_version == "2"


@pytest.mark.parametrize("error", [duckdb.IOException("IO Error: file: No space left"), OSError(28, "No space left")])
def test_a_full_disk_is_said_and_what_it_kept_from_readers_comes_with_the_next_load(world, monkeypatch, error):
    source = source_of(world)
    load(source)
    world.add(61, days_ago=0)

    def full(*_args, **_options):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("farol.engines.sources.syncing.publish", full)
        outcome = load(source)
    assert (outcome.status, outcome.data_version, outcome.error["code"]) == ("failed", "1", "disk")
    assert "No space left" in outcome.error["detail"]
    assert "61" not in leads_published()
    assert (load(source).status, load(source).status) == ("done", "unchanged")
    assert "61" in leads_published()


def test_a_load_killed_while_it_publishes_is_published_by_the_next(world, monkeypatch):
    source = source_of(world)
    load(source)
    world.add(62, days_ago=0)

    def killed(*_args, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("farol.engines.sources.syncing.publish", killed)
        with pytest.raises(KeyboardInterrupt):
            load(source)
    assert LoadRun.objects.first().error_code == "interrupted"
    assert load(source).status == "done"
    assert "62" in leads_published()


def test_what_no_look_shows_but_is_there_by_its_id_is_a_gap_and_stays(world):
    source = source_of(world)
    load(source)
    world.looks = [{"0"}, {"0"}]
    outcome = load(source)
    assert (outcome.status, outcome.error["code"], outcome.rows_deleted) == ("failed", "gap", 0)
    assert outcome.gaps[0]["day"] == "2026-11-20"
    assert (outcome.gaps[0]["amount"], outcome.gaps[0]["source_amount"]) == ("200.00", "100.00")
    assert load(source).gaps == []
    assert leads_published() == set(world.leads)


def test_one_load_at_a_time(world):
    source = source_of(world)
    run = start(source, OPERATOR, full=False, since=None, cause="command")
    with writer_lease(warehouse_home() / "crm" / "sync", 0):
        with pytest.raises(Refused) as refused:
            sync(source, run)
        assert refused.value.code == "already_running"
        with pytest.raises(Refused):
            start(source, OPERATOR, full=False, since=None, cause="schedule")
    run.refresh_from_db()
    assert (run.status, run.error_code) == ("failed", "already_running")


def test_a_source_that_is_not_set_up_says_which_settings(world):
    source = replace(source_of(world), configured=lambda: False)
    with pytest.raises(Refused, match="FAROL_MADE_UP") as refused:
        start(source, OPERATOR, full=False, since=None, cause="command")
    assert refused.value.code == "not_configured"


@pytest.mark.django_db(transaction=True)
def test_walkers_run_side_by_side_and_stop_when_one_fails(world):
    gate, handed = threading.Barrier(3, timeout=10), []

    def endless(session, cursor, full):
        gate.wait()
        for number in range(10_000):
            handed.append(number)
            yield Batch({"tag": [{"connection_id": "default", "id": str(number), "name": "t", "updated_at": 1}]})

    def failing(session, cursor, full):
        gate.wait()
        raise Unreachable("cut")
        yield

    def fine(session, cursor, full):
        gate.wait()
        yield Batch({"company": [{"connection_id": "default", "id": "1", "name": "c", "updated_at": 1}]})

    extra = (Entity("a", "A", "tag", endless), Entity("b", "B", "", failing), Entity("c", "C", "company", fine))
    source = source_of(world, *extra, parallel=4)
    outcome = load(source)
    assert (outcome.status, outcome.error["detail"]) == ("failed", "cut")
    assert len(handed) < 10_000
    assert outcome.entities["c"]["state"] in ("done", "stopped")
    good = source_of(world, Entity("c", "C", "company", lambda *_: iter(())), parallel=4)
    assert load(good).status == "done"


def test_the_command_prints_json_alone_and_ends_with_1_after_a_failure(world, monkeypatch):
    source = source_of(world)
    monkeypatch.setattr(commands, "find_source", lambda name: source)
    done = CliRunner().invoke(commands.fetch, ["made-up", "--json"])
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["status"], answer["data_version"], answer["rows_new"]) == (0, "done", "1", 11)
    assert list(answer) == [
        *("run", "source", "status", "data_version", "complete_until"),
        *("rows_read", "rows_new", "rows_changed", "rows_unchanged", "rows_deleted"),
        *("requests", "seconds", "entities", "gaps", "error"),
    ]
    world.faults[0] = Unreachable("cut")
    failed = CliRunner().invoke(commands.fetch, ["made-up", "--json"])
    assert failed.exit_code == 1
    assert json.loads(failed.stdout)["error"] == {"code": "unreachable", "detail": "cut"}
    for wrong in (("--since", "yesterday"), ("--since", "2026-13-01"), ("--since", "2026-11-21"), ("--accept", "x")):
        assert CliRunner().invoke(commands.fetch, ["made-up", *wrong]).exit_code == 2


def test_days_as_json(world, monkeypatch):
    source = source_of(world)
    load(source)
    monkeypatch.setattr(commands, "find_source", lambda name: source)
    found = json.loads(CliRunner().invoke(commands.days, ["made-up", "--json"]).stdout)["days"]
    assert found[0]["state"] == "complete"
    assert found[0]["amount"] == f"{found[0]['rows'] * 100}.00"
