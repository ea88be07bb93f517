"""Write, audit, publish: a new version is built beside the published one, checked, and shown in one step."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import Refused
from farol.engines.warehouse.audit import CANDIDATE, Audit
from farol.engines.warehouse.catalog import Catalog, Finding, Version
from farol.engines.warehouse.dataset import CALENDAR, Dataset, Results, Table
from farol.engines.warehouse.landing import Landing
from farol.engines.warehouse.sql import Sql, compose, declared, each, ident, listed, literal
from farol.engines.warehouse.stage import Stage
from farol.platform import calendar

MARGIN = dt.timedelta(days=400)


class CheckFailed(Refused):
    """Hard checks did not hold; nothing was published. `findings` says which."""

    code = "check_failed"

    def __init__(self, dataset: Dataset, findings: list[Finding]) -> None:
        self.findings = findings
        checks = {check.name: check for check in dataset.checks}
        told = (f"{sentence(dataset, found)} {checks[found.check].remedy}".strip() for found in findings)
        super().__init__(" ".join(told))


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

    def temp(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> Sql:
        """A temporary table of rows from elsewhere (dates and instants as ISO text, money in centavos)."""
        kinds = listed(compose("{n}: {k}", n=ident(n), k=literal(k)) for n, k in columns.items())
        table = ident(name)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            # through a file: long VALUES lists cost memory
            file.writelines(json.dumps(dict(zip(columns, row, strict=True)), default=str) + "\n" for row in rows)
            file.flush()
            template = (
                "CREATE OR REPLACE TEMP TABLE {t} AS SELECT * FROM read_json({path}, format='nd', columns={{{k}}})"
            )
            self.connection.execute(compose(template, t=table, path=literal(file.name), k=kinds))
        return table


def sentence(dataset: Dataset, finding: Finding) -> str:
    """What a finding says, in the reader's language, with the numbers of some records where it knows them."""
    check = dataset.check(finding.check)
    if check is None:
        return finding.check
    text, ids = str(check.sentence) % finding.params, finding.params.get("ids")
    return f"{text} ({', '.join(ids)})" if ids else text


def publish(landing: Landing | Stage, *, run: str = "", accepted: Collection[str] = ()) -> Version:
    """Build the next version from the private file, check it and show it to the readers.

    `accepted` names hard checks that the person lets pass. `CheckFailed` leaves everything as it was; `Refused` (code
    `load_pending`) while a load has begun and not ended well.
    """
    if isinstance(landing, Stage) and landing.dirty is not None:
        raise Refused(
            _("A load of these data has not ended well yet. They are published when the next one does."),
            code="load_pending",
        )
    connection, dataset, store = landing.connection, landing.dataset, landing.store
    before = store.catalog(dataset.name)
    path = landing.folder / "work" / f"{before.last_number + 1}.duckdb"
    path.parent.mkdir(exist_ok=True)
    connection.execute(compose("ATTACH {path} AS {name}", path=literal(path), name=CANDIDATE))
    try:
        version, results = _fill_and_check(connection, dataset, before, landing.touched, run, accepted)
    finally:
        connection.execute(compose("DETACH {name}", name=CANDIDATE))
    store.publish(dataset, path, version)
    landing.remember(version)
    if dataset.told:
        dataset.told(version.name, run, results)
    return version


def _fill_and_check(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    before: Catalog,
    touched: bool,
    run: str,
    accepted: Collection[str],
) -> tuple[Version, Results]:
    build = Build(connection, dataset)
    dataset.build(build)
    audit = Audit(connection, dataset, before.published, touched)
    _fill_calendar(build, audit)
    results = audit.run()
    findings = [Finding(check.name, params, check.hard) for check, params in results if params is not None]
    passing = {c.name for c in dataset.checks if c.may_pass} & set(accepted)
    stopping = [f for f in findings if f.hard and f.check not in passing]
    if stopping:
        if dataset.told:
            dataset.told("", run, results)
        raise CheckFailed(dataset, stopping)
    version = Version(
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
    return version, results


def _fill_calendar(build: Build, audit: Audit) -> None:
    """One row for each day around the facts."""
    first, last = audit.first_day or clock.today(), audit.last_day or clock.today()
    days = calendar.default().days(first - MARGIN, last + MARGIN)
    table = build.temp("calendar_rows", CALENDAR.columns, (_calendar_row(day) for day in days))
    build.fill(CALENDAR, compose("SELECT * FROM {t}", t=table))


def _calendar_row(day: calendar.CalendarDay) -> tuple[object, ...]:
    """In the order of the calendar's columns."""
    shifts = (calendar.shift(day.day, name) for name in calendar.SHIFTS)
    week, month = day.day - dt.timedelta(days=day.weekday), day.day.replace(day=1)
    kind = (day.weekday, day.kind.value, day.name, day.business_day, day.pay_day)
    return (day.day, *shifts, *kind, week, month)
