"""The gate before a publication: broken loads are stopped, sound ones pass.

Loads are made up straight in the tables that the checks look at, so that hundreds can be judged; the last tests go the
whole way.
"""

from __future__ import annotations

import datetime as dt
import random
from types import SimpleNamespace

import duckdb
import pytest

from farol.areas.crm.marts import DATASETS
from farol.areas.crm.quality import usual, whole
from farol.areas.crm.tests.company import END, Maker, at, changed, company, published  # noqa: F401
from farol.core.errors import Refused
from farol.engines.warehouse import Audit, Build, CheckFailed, current_version, find_dataset, open_stage, publish
from farol.platform import calendar

GATE = (whole.schema, usual.rows_drop, usual.null_jump, usual.sum_jump, usual.duplicates, usual.stale)
FAULTS = ("rows", "nulls", "sums", "duplicates", "schema", "stale")
HISTORY = 75
COLUMNS = {
    "connection_id": "TEXT",
    "lead_id": "TEXT",
    "name": "TEXT",
    "created_at": "TIMESTAMP",
    "created_day": "DATE",
    "closed_day": "DATE",
    "value_centavos": "BIGINT",
    "responsible_id": "TEXT",
    "pipeline": "TEXT",
    "source": "TEXT",
    "channel": "TEXT",
    "won": "INTEGER",
    "counts": "BOOLEAN",
}


class Shop:
    """The leads of some months, of which those of the last day and some older ones came with the last load."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.end = dt.date(2026, 1, 1) + dt.timedelta(days=self.random.randrange(320))
        self.volume, self.ticket = self.random.uniform(12, 40), self.random.uniform(30_000, 900_000)
        self.rows: list[list[object]] = []
        self.new: set[int] = set()
        self.before = 0
        self.marks = {"published_run": "1"}
        self.until = self.end
        for day in calendar.default().days(self.end - dt.timedelta(days=HISTORY), self.end):
            self._day(day.day, day.business_day)
        self.before = len(self.rows) - len([i for i in self.new if self.rows[i][4] == self.end])

    def _day(self, day: dt.date, business: bool) -> None:
        mean = self.volume * (1 if business else 0.3)
        for _n in range(max(1, round(self.random.gauss(mean, mean**0.5)))):
            won = self.random.random() < 0.25
            closed = day + dt.timedelta(days=self.random.randrange(20))
            value = round(self.random.lognormvariate(0, 0.6) * self.ticket)
            moment = dt.datetime.combine(day, dt.time(8)) + dt.timedelta(seconds=self.random.randrange(40_000))
            seller = str(self.random.randrange(6)) if self.random.random() > 0.03 else ""
            channel = self.random.choice(("paid", "paid", "organic", "unclassified"))
            number = len(self.rows)
            if day == self.end or self.random.random() < 0.03:
                self.new.add(number)
            done = won and closed <= self.end
            row = ["default", str(number), f"Lead {number}", moment, day, closed if done else None, value, seller]
            self.rows.append([*row, "Vendas", channel, channel, int(done), True])

    def break_(self, fault: str) -> None:
        new = sorted(self.new)
        if fault == "rows":
            week = [i for i, row in enumerate(self.rows) if row[4] > self.end - dt.timedelta(days=7)]
            gone = set(self.random.sample(week, round(len(week) * self.random.uniform(0.7, 1))))
            kept = [i for i in range(len(self.rows)) if i not in gone]
            self.new = {n for n, i in enumerate(kept) if i in self.new}
            self.rows = [self.rows[i] for i in kept]
        elif fault == "nulls":
            for i in new:
                if self.random.random() < 0.7:
                    self.rows[i][7] = ""
        elif fault == "sums":
            for i in new:
                self.rows[i][6] *= 100
        elif fault == "duplicates":
            for i in self.random.sample(new, max(5, len(new) // 2)):
                self.new.add(len(self.rows))
                self.rows.append(["default", f"again-{i}", *self.rows[i][2:]])
        elif fault == "schema":
            self.marks["contract"] = '{"leads": 3}'
        else:
            self.until = self.end + dt.timedelta(days=9)

    def findings(self) -> list[str]:
        with duckdb.connect(":memory:") as connection:
            connection.execute("ATTACH ':memory:' AS candidate")
            build = Build(connection, DATASETS[0])
            build.temp("leads", COLUMNS, self.rows)
            build.temp("fresh", {"lead_id": "TEXT"}, ([self.rows[i][1]] for i in self.new))
            connection.execute("CREATE TABLE candidate.lead AS FROM leads")
            connection.execute("CREATE TABLE candidate.activity (connection_id TEXT, activity_day DATE)")
            connection.execute(
                "CREATE TABLE lead AS SELECT connection_id, lead_id AS id, false AS deleted,"
                " CASE WHEN lead_id IN (FROM fresh) THEN 2 ELSE 1 END AS run FROM leads"
            )
            self.marks["until:default"] = str(at(f"{self.until + dt.timedelta(days=1)} 00:00"))
            build.temp("mark", {"name": "TEXT", "value": "TEXT"}, self.marks.items())
            known = SimpleNamespace(rows={"lead": self.before})
            audit = Audit(connection, DATASETS[0], known, touched=False)
            return [check.__name__ for check in GATE if check(audit) is not None]


def caught(fault: str, seeds: range) -> list[int]:
    """The seeds whose broken load passed."""
    passed = []
    for seed in seeds:
        shop = Shop(seed)
        shop.break_(fault)
        if not shop.findings():
            passed.append(seed)
    return passed


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_load_is_stopped(fault):
    assert caught(fault, range(2)) == []


def test_a_sound_load_passes():
    assert [shop.findings() for shop in map(Shop, range(100, 104))] == [[]] * 4


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_of_ten_broken_loads_each_is_stopped(fault):
    assert len(caught(fault, range(1000, 1010))) == 0


@pytest.mark.slow
def test_of_two_hundred_sound_loads_one_at_most_is_stopped():
    stopped = [(seed, found) for seed in range(2000, 2200) if (found := Shop(seed).findings())]
    assert len(stopped) <= 1, stopped


def many(factor: int = 1, runs: int = 1, days: range = range(1, 31)):
    make = Maker()
    for n in [n for day in days for n in range(day * 100, day * 100 + 6)]:
        day = dt.date(2026, 9, 1) + dt.timedelta(days=n // 100)
        path = [(f"{day} 09:{n % 60:02d}", "11"), (f"{day} 15:00", "142")]
        make.lead(f"m{n}", path, price_centavos=factor * (80_000 + 1000 * (n % 9)), run=runs)
    return make.rows


def test_every_check_says_what_to_do_about_it():
    assert [check.name for check in find_dataset("crm").checks if not check.remedy] == []


@pytest.mark.django_db
def test_a_stopped_publication_leaves_the_version_and_the_load_may_be_accepted(company):  # noqa: F811
    rows = changed(lead=lambda leads: leads + many()["lead"], event=lambda events: events + many()["event"])
    published(rows)
    cents = many(100, 2, range(31, 36))
    with pytest.raises(CheckFailed) as failed:
        published(cents, until=END)
    (found,) = (f for f in failed.value.findings if f.hard)
    assert found.check == "sum_jump"
    assert found.params["ids"][0] in str(failed.value.detail)  # which records, and what to do about them
    assert str(find_dataset("crm").check("sum_jump").remedy) in str(failed.value.detail)
    assert current_version("crm").number == 2
    assert published({}, until=END, accepted=("sum_jump",)).number == 3


TAMPERED = {
    "empty": "DELETE FROM candidate.lead",
    "keys_unique": "INSERT INTO candidate.lead SELECT * FROM candidate.lead WHERE lead_id = 'robot'",
    "lossless": "UPDATE candidate.lead SET value_centavos = 1 WHERE lead_id = 'former-user'",
    "agreeing": "DELETE FROM candidate.deal WHERE lead_id = 'last-second'",
    "classified_share": "UPDATE candidate.lead SET channel = 'unclassified'",
}


@pytest.mark.django_db
def test_what_went_wrong_in_the_tables_themselves_is_seen(company):  # noqa: F811
    dataset = find_dataset("crm")
    with open_stage(dataset) as stage:
        stage.connection.execute("ATTACH ':memory:' AS candidate")
        dataset.build(Build(stage.connection, dataset))
        audit = Audit(stage.connection, dataset, company, touched=False)
        for name, sql in TAMPERED.items():
            assert dataset.check(name).find(audit) is None, name
            stage.connection.execute("BEGIN")
            stage.connection.execute(sql)
            found = dataset.check(name).find(audit)
            assert found is not None, name
            assert found.get("ids", ["robot"]) == ["robot"]
            stage.connection.execute("ROLLBACK")
        stage.connection.execute("DETACH candidate")


@pytest.mark.django_db
def test_what_the_crm_has_and_we_have_not_is_never_published(company):  # noqa: F811
    for name, value in (("gaps", "1"), ("contract", '{"leads": 2}')):
        with open_stage(find_dataset("crm")) as stage:
            stage.set_mark(name, value)
            with pytest.raises(CheckFailed):
                publish(stage, accepted=("reconciled", "schema"))
            stage.set_mark(name, "")
    with open_stage(find_dataset("crm")) as stage:
        stage.connection.execute("DELETE FROM lead")
        with pytest.raises(Refused):
            publish(stage)
    assert current_version("crm").number == 1
