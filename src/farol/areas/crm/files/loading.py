"""Loads leads, deals and people from files: read, shape, take in, publish; all of it or nothing."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from farol.areas.crm.files.mapping import FIELDS, Mapping, from_json, read_mapping
from farol.areas.crm.files.shape import CONNECTION, Row, Shape, end_of
from farol.areas.crm.files.tables import Read, read_tables, rows_of
from farol.core.errors import BadInput, Unavailable
from farol.engines.sources.loader import FileToLoad, LoadOutcome, LoadRequest, Progress, RowsRejected
from farol.engines.warehouse import EngineError, Merged, Stage, find_dataset, open_stage, publish
from farol.engines.warehouse.connection import writer
from farol.engines.warehouse.sql import compose, ident

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What a load is to do: the mapping and the file of each of its tables."""

    mapping: Mapping
    files: dict[str, FileToLoad]


def load(request: LoadRequest, run: str, progress: Progress) -> LoadOutcome:
    """Load the files of `extra["deals"]`, `["leads"]` and `["users"]` (places) as `extra["mapping"]` says.

    A page gives the places of uploaded files and a mapping already read: `extra["tables"]` names the table of each of
    `request.files`. `RowsRejected` names the file with the bad rows; `BadInput` says what is wrong with the request.
    """
    order = _order(request)
    with tempfile.TemporaryDirectory(dir=settings.FAROL_HOME) as folder:
        try:
            return _load(order, request, run, progress, Path(folder))
        except EngineError as error:
            log.exception("load %s of crm stopped", run)
            reason = str(error).splitlines()[0][:200]
            raise Unavailable(_("The load stopped: %(reason)s. Nothing was changed.") % {"reason": reason}) from error


def _order(request: LoadRequest) -> Order:
    given = request.extra
    if "tables" in given:
        mapping = from_json(given["mapping"])
        files = dict(zip(given["tables"], request.files, strict=True))
    else:
        if not given.get("deals") or not given.get("mapping"):
            raise BadInput("deals", _("Give the file of the deals and the mapping of its columns."))
        mapping = read_mapping(Path(given["mapping"]))
        files = {t: FileToLoad(Path(given[t]), Path(given[t]).name) for t in FIELDS if given.get(t)}
    for table in files:
        if table not in mapping.tables:
            raise BadInput("mapping", _("The mapping has no [%(table)s].") % {"table": table})
    if mapping.linked and "leads" not in files:
        raise BadInput("leads", _("The mapping joins deals to leads, so the file of the leads is needed too."))
    return Order(mapping, files)


def _load(order: Order, request: LoadRequest, run: str, progress: Progress, work: Path) -> LoadOutcome:
    connection = writer(work / "read.duckdb")
    try:
        read = read_tables(connection, order.mapping, order.files, request, work, progress)
        digests = [read.digests[t] for t in order.files if t in read.digests]
        outcome = LoadOutcome(rows_read=read.rows, columns=read.report, digests=digests)
        if read.rejected:
            raise _rejected(read, outcome, run)
        shape = Shape(order.mapping)
        shape.take(*(rows_of(connection, t) if t in order.files else () for t in ("users", "leads", "deals")))
    finally:
        connection.close()
    with open_stage(find_dataset("crm")) as stage:
        _take_in(stage, order, shape, request, outcome, run, progress)
    return outcome


def _take_in(
    stage: Stage, order: Order, shape: Shape, request: LoadRequest, outcome: LoadOutcome, run: str, progress: Progress
) -> None:
    progress("merge", 0, 1)
    with _put_back(stage):
        merged = _upsert(stage, shape, keep_teams="users" not in order.files)
        rows = [
            merged[t] for t in ("lead", "user") if t == "lead" or "users" in order.files
        ]  # the rest is made of them
        outcome.rows_new = sum(found.new for found in rows)
        outcome.rows_changed = sum(found.changed for found in rows)
        outcome.rows_unchanged = sum(found.unchanged for found in rows)
        version = stage.base
        if version is None or any(not found.nothing for found in merged.values()):
            progress("publish", 0, 1)
            version = publish(stage, run=run, accepted=request.accepted)
            progress("publish", 1, 1)
    outcome.data_version = version.name


def _upsert(stage: Stage, shape: Shape, *, keep_teams: bool) -> dict[str, Merged]:
    known = stage.ids("user", CONNECTION) if keep_teams else set()
    with stage.transaction():
        merged = {name: stage.upsert(name, _without(rows, known, name)) for name, rows in shape.tables()}
        if shape.last:
            until = max(end_of(shape.last), int(stage.mark(f"until:{CONNECTION}") or 0))
            stage.set_mark(f"until:{CONNECTION}", str(until))
    return merged


def _without(rows: Iterable[Row], known: set[str], table: str) -> Iterator[Row]:
    """People that earlier files brought keep their team where this load has no file of people."""
    return (row for row in rows if table != "user" or row["id"] not in known)


@contextmanager
def _put_back(stage: Stage) -> Iterator[None]:
    """Where the checks refuse the new version, the files' records are again what they were: all or nothing."""
    names = [table.name for table in stage.dataset.stage]
    until = stage.mark(f"until:{CONNECTION}")
    for name in names:
        _each(stage, "CREATE OR REPLACE TEMP TABLE {kept} AS SELECT * FROM {table} WHERE connection_id = 'csv'", name)
    try:
        yield
    except BaseException:
        with stage.transaction():
            for name in names:
                _each(stage, "DELETE FROM {table} WHERE connection_id = 'csv'", name)
                _each(stage, "INSERT INTO {table} SELECT * FROM {kept}", name)
            if until is not None:
                stage.set_mark(f"until:{CONNECTION}", until)
            else:
                stage.connection.execute("DELETE FROM mark WHERE name = ?", [f"until:{CONNECTION}"])
        raise


def _each(stage: Stage, template: str, name: str) -> None:
    stage.connection.execute(compose(template, table=ident(name), kept=ident(f"kept_{name}")))


def _rejected(read: Read, outcome: LoadOutcome, run: str) -> RowsRejected:
    """One file of all bad rows, the parts of several files below each other."""
    target = Path(settings.FAROL_HOME) / "rejects" / f"{run}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    parts = [part.read_text(encoding="utf-8-sig") for part in read.rejects]
    target.write_text("".join(parts), encoding="utf-8-sig")
    outcome.rows_rejected, outcome.rejects_file = read.rejected, str(target)
    sentence = _("%(bad)d of %(rows)d rows are bad, so nothing was loaded. A file lists them with the reasons.")
    return RowsRejected(sentence % {"bad": read.rejected, "rows": read.rows}, outcome)
