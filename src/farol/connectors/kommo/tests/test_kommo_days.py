"""Every day is compared: what was lost here comes back, what is gone there goes, what a log forgot stays."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from farol.connectors.kommo.entities import ENTITIES
from farol.connectors.kommo.sources import SOURCES
from farol.connectors.kommo.tests.kommo_run import NOON, Company, copied, differences
from farol.core import clock
from farol.engines.sources.days import local_day
from farol.engines.sources.models import SourceDay
from farol.engines.sources.sync import start, sync
from farol.engines.warehouse import find_dataset, open_stage
from farol.platform.accounts.principal import SYSTEM

DAY = 86_400
TOMORROW = NOON + dt.timedelta(days=1)  # the first load of a day compares the last 35
COMPARED = [entity for entity in ENTITIES if entity.days]


@pytest.fixture(scope="module")
def bases() -> list[Path]:
    """A home into which the company was loaded; made when first asked for."""
    return []


@pytest.fixture
def company(db, settings, tmp_path, tmp_path_factory, bases):
    """Loaded whole at noon; a day has passed."""
    if not bases:
        home = tmp_path_factory.mktemp("days")
        with clock.frozen(NOON), made(settings, home) as first:
            assert first.load(full=True).status == "done"
        bases.append(home)
    with clock.frozen(TOMORROW), made(settings, copied(bases[0], tmp_path / "home")) as found:
        yield found


def made(settings, home: Path) -> Company:
    company = Company(5, settings, home)
    for row, days in zip(list(company.world.companies), (2, 4, 6), strict=True):
        company.world.companies.put({**row, "updated_at": int(NOON.timestamp()) - days * DAY})
    return company


def stage():
    return open_stage(find_dataset("crm"), clean=False)


def an_old_one(entity) -> tuple[str, dt.date]:
    """A record that no walk by change reads again, of a day that is compared: its id and day."""
    assert entity.days
    sql = (
        f"SELECT id, {entity.days.instant} FROM {entity.table} WHERE NOT deleted AND updated_at < {NOON.timestamp()} - "
    )
    sql += f"{3 * DAY} AND {entity.days.instant} > {NOON.timestamp()} - {30 * DAY} ORDER BY updated_at DESC, id"
    with stage() as opened:
        ident, instant = opened.connection.execute(sql).fetchall()[0]
    return ident, local_day(instant)


def state(entity, day: dt.date) -> tuple[str, bool]:
    found = SourceDay.objects.get(entity=entity.name, day=day)
    return found.state, (found.rows, found.amount) == (found.source_rows, found.source_amount)


def test_all_that_kommo_can_be_asked_by_day_is_compared():
    names = ["leads", "contacts", "companies", "tasks", "events", "notes"]
    assert [entity.name for entity in COMPARED] == names


@pytest.mark.parametrize("entity", COMPARED, ids=lambda entity: entity.name)
def test_a_lost_row_is_found_said_and_brought_back(entity, company):
    ident, day = an_old_one(entity)
    with stage() as opened:
        opened.connection.execute(f"DELETE FROM {entity.table} WHERE id = ?", [ident])
    outcome = company.load()
    assert (outcome.status, outcome.gaps) == ("done", [])
    assert outcome.entities[entity.name]["new"] == 1
    assert state(entity, day) == ("healed", True)
    assert differences(company.world) == []
    with stage() as opened:
        assert ident in opened.ids(entity.table, "default")


def test_a_wrong_amount_is_found_and_put_right(company):
    leads = COMPARED[0]
    ident, day = an_old_one(leads)
    with stage() as opened:
        opened.connection.execute("UPDATE lead SET price_centavos = price_centavos + 100 WHERE id = ?", [ident])
    assert company.load().status == "done"
    assert state(leads, day) == ("healed", True)
    assert differences(company.world) == []


@pytest.mark.parametrize("name", ["contacts", "companies", "tasks", "notes"])
def test_what_is_gone_at_the_source_without_a_word_goes(name, company):
    entity = next(entity for entity in COMPARED if entity.name == name)
    ident, day = an_old_one(entity)
    del company.world.of(name).rows[int(ident)]
    company.world.of(name)._orders.clear()
    assert company.load().status == "done"
    assert state(entity, day) == ("healed", True)
    with stage() as opened:
        assert ident not in opened.ids(entity.table, "default")


def test_what_changed_in_the_middle_of_the_comparison_is_not_taken_for_gone(company, monkeypatch):
    contacts = next(entity for entity in COMPARED if entity.name == "contacts")
    ident, _day = an_old_one(contacts)
    listed = company.kommo._list

    def touched(entity, scope, path, query, plan):
        if entity == "contacts" and "filter[updated_at][to]" in dict(query):  # the first look
            row = company.world.contacts.rows[int(ident)]
            company.world.contacts.put({**row, "updated_at": company.world.instant() - 10})
        return listed(entity, scope, path, query, plan)

    monkeypatch.setattr(company.kommo, "_list", touched)
    outcome = company.load()
    assert (outcome.status, outcome.rows_deleted) == ("done", 0), outcome.error
    with stage() as opened:
        assert ident in opened.ids("contact", "default")
    assert SourceDay.objects.filter(entity="contacts", state="gap").count() == 0


def test_a_log_that_forgets_takes_nothing_away(company):
    events = next(entity for entity in COMPARED if entity.name == "events")
    ident, day = an_old_one(events)
    del company.world.events.rows[ident]
    company.world.events._orders.clear()
    assert company.load().status == "done"
    with stage() as opened:
        assert ident in opened.ids("event", "default")
    found = SourceDay.objects.get(entity="events", day=day)
    assert (found.state, found.rows - (found.source_rows or 0)) == ("complete", 1)


def test_since_never_leaves_a_stretch_out(company):
    """Neither a first load nor one whose last is older than the day asked for."""
    company.work()
    source = SOURCES[0]
    run = start(source, SYSTEM, full=False, since=TOMORROW.date() + dt.timedelta(days=1), cause="command")
    made = dataclasses.replace(source, session=company._session, parallel=lambda: 1)
    assert sync(made, run, since=TOMORROW.date() + dt.timedelta(days=1)).status == "done"
    assert differences(company.world) == []
