"""Write, audit, publish: a new version is built beside the published one, checked, and shown in one step."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from farol.core import clock
from farol.core.errors import Refused
from farol.engines.warehouse.audit import Audit
from farol.engines.warehouse.catalog import Catalog, Finding, Version
from farol.engines.warehouse.dataset import CALENDAR, Dataset, Table
from farol.engines.warehouse.landing import Landing
from farol.engines.warehouse.sql import Sql, compose, declared, each, ident, listed, literal
from farol.platform import calendar

MARGIN = dt.timedelta(days=400)
CANDIDATE = Sql("candidate")


class CheckFailed(Refused):
    """Hard checks did not hold; nothing was published. `findings` says which."""

    code = "check_failed"

    def __init__(self, dataset: Dataset, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(" ".join(sentence(dataset, finding) for finding in findings))


@dataclass
class Build:
    """A version while it is filled: `connection` sees the landing tables, and the new ones in schema `target`."""

    connection: duckdb.DuckDBPyConnection
    dataset: Dataset
    target: Sql = CANDIDATE

    def fill(self, table: Table, select: Sql) -> None:
        """Create and fill a declared table from a SELECT with its columns in their order."""
        name = compose("{schema}.{table}", schema=self.target, table=ident(table.name))
        self.connection.execute(compose("CREATE TABLE {name} ({columns})", name=name, columns=declared(table)))
        self.connection.execute(
            compose(
                "INSERT INTO {name} {select} ORDER BY {sort}", name=name, select=select, sort=each("{}", table.sort)
            )
        )


def sentence(dataset: Dataset, finding: Finding) -> str:
    """What a finding says, in the reader's language."""
    check = dataset.check(finding.check)
    return str(check.sentence) % finding.params if check else finding.check


def publish(landing: Landing, *, run: str = "", accepted: Collection[str] = ()) -> Version:
    """Build the next version from landing, check it and show it to the readers.

    `accepted` names hard checks that the person lets pass. `CheckFailed` leaves everything as it was.
    """
    connection, dataset, store = landing.connection, landing.dataset, landing.store
    before = store.catalog(dataset.name)
    path = landing.folder / "work" / f"{before.last_number + 1}.duckdb"
    path.parent.mkdir(exist_ok=True)
    connection.execute(compose("ATTACH {path} AS {name}", path=literal(path), name=CANDIDATE))
    try:
        version = _fill_and_check(connection, dataset, before, landing.touched, run, accepted)
    finally:
        connection.execute(compose("DETACH {name}", name=CANDIDATE))
    store.publish(dataset, path, version)
    landing.remember(version)
    return version


def _fill_and_check(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    before: Catalog,
    touched: bool,
    run: str,
    accepted: Collection[str],
) -> Version:
    build = Build(connection, dataset)
    dataset.build(build)
    audit = Audit(connection, dataset, before.published, touched)
    _fill_calendar(build, audit)
    findings = audit.run()
    passing = {c.name for c in dataset.checks if c.may_pass} & set(accepted)
    stopping = [f for f in findings if f.hard and f.check not in passing]
    if stopping:
        raise CheckFailed(dataset, stopping)
    return Version(
        number=before.last_number + 1,
        published_at=clock.now(),
        schema=dataset.schema_hash,
        rows=audit.row_counts(),
        first_day=audit.first_day,
        last_day=audit.last_day,
        complete_until=audit.complete_until,
        findings=tuple(findings),
        base=before.current,
        run=run,
    )


def _fill_calendar(build: Build, audit: Audit) -> None:
    """One row for each day around the facts; it enters through a file, because long VALUES lists cost memory."""
    first, last = audit.first_day or clock.today(), audit.last_day or clock.today()
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        for day in calendar.default().days(first - MARGIN, last + MARGIN):
            file.write(json.dumps(_calendar_row(day), default=str) + "\n")
        file.flush()
        columns = listed(compose("{n}: {k}", n=ident(n), k=literal(k)) for n, k in CALENDAR.columns.items())
        select = "SELECT * FROM read_json({path}, format='nd', columns={{{columns}}})"
        build.fill(CALENDAR, compose(select, path=literal(file.name), columns=columns))


def _calendar_row(day: calendar.CalendarDay) -> dict[str, object]:
    return {
        "day": day.day,
        **{name: calendar.shift(day.day, name) for name in calendar.SHIFTS},
        "weekday": day.weekday,
        "kind": day.kind.value,
        "name": day.name,
        "business_day": day.business_day,
        "pay_day": day.pay_day,
        "week_start": day.day - dt.timedelta(days=day.weekday),
        "month_start": day.day.replace(day=1),
    }
