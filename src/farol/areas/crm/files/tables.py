"""Reads the mapped files into a typed table each (`read_deals`, `read_leads`, `read_users`), or names bad rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from farol.areas.crm.files.mapping import FIELDS
from farol.areas.crm.files.mapping import Mapping as FileMapping
from farol.connectors.files.read import Incoming, read_files
from farol.connectors.files.spec import Field, FileSpec, Kind, Rule
from farol.connectors.files.stage import INCOMING, TYPES
from farol.core.errors import BadInput
from farol.engines.sources.loader import FileToLoad, LoadRequest, Progress
from farol.engines.warehouse import Connection
from farol.engines.warehouse.sql import Sql, compose, ident, listed, literal

LABELS = {"deals": _("Deals"), "leads": _("Leads"), "users": _("People")}
KINDS = {"created": Kind.DAY, "closed": Kind.DAY, "value": Kind.MONEY, "cost": Kind.MONEY}
REQUIRED = {"deals": ("id", "stage", "created"), "leads": ("id", "created"), "users": ("id", "name")}
ORDER = ("users", "leads", "deals")  # deals last: a rule of theirs looks into the leads


@dataclass
class Read:
    """What was found in the files of one load; `rejects` are the parts of the file of bad rows."""

    rows: int = 0
    rejected: int = 0
    digests: dict[str, str] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    rejects: list[Path] = field(default_factory=list)


def read_tables(
    connection: Connection,
    mapping: FileMapping,
    files: Mapping[str, FileToLoad],
    request: LoadRequest,
    work: Path,
    progress: Progress,
) -> Read:
    """Fill `read_<table>` for each file. `BadInput` for a file that cannot be read at all."""
    read = Read()
    for table in (t for t in ORDER if t in files):
        spec, rejects = spec_of(mapping, table), work / f"rejects-{table}.csv"
        types = {f.column: TYPES[f.kind] for f in spec.fields} | {spec.extra: "TEXT"}
        wanted = _request(mapping, table, files[table], request)
        place = work / table
        place.mkdir()
        found = read_files(connection, spec, types, wanted, place, rejects, progress)
        _all_there(mapping, table, files[table], found)
        _add(read, table, found)
        if not found.rejected:
            _keep(connection, mapping, table)
        elif table == "leads":
            break  # deals cannot be held against leads that were refused
    return read


def rows_of(connection: Connection, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a read table as dicts of every field of `FIELDS` (None where no column or constant has it)."""
    columns = listed(ident(name) for name in FIELDS[table])
    cursor = connection.cursor()
    cursor.execute(compose("SELECT {columns} FROM {table}", columns=columns, table=ident(f"read_{table}")))
    while rows := cursor.fetchmany(2000):
        for row in rows:
            yield dict(zip(FIELDS[table], row, strict=True))


def spec_of(mapping: FileMapping, table: str) -> FileSpec:
    """The mapped columns of a file. One header may serve two fields; it is read once."""
    columns = mapping.tables[table].columns
    headers: dict[str, str] = {}
    for name, header in columns.items():
        headers.setdefault(header, name)
    fields = tuple(
        Field(header, _column(header), KINDS.get(name, Kind.TEXT), required=name in REQUIRED[table])
        for header, name in headers.items()
    )
    grain = (_column(columns["id"]),) if "id" in columns else ()
    return FileSpec(LABELS[table], fields, grain, rules=_rules(mapping) if table == "deals" else ())


def _column(header: str) -> str:
    """A name that no other header of the file bears."""
    return f"from {header} *"


def _rules(mapping: FileMapping) -> tuple[Rule, ...]:
    columns = {name: _column(header) for name, header in mapping.tables["deals"].columns.items()}
    rules = []
    if "stage" in columns:
        if mapping.status["open"]:
            known = listed(literal(word) for words in mapping.status.values() for word in words)
            broken = "{stage} IS NOT NULL AND {stage} NOT IN ({known})"
            rules.append(Rule(lambda v: compose(broken, stage=v[columns["stage"]], known=known), UNKNOWN_STAGE))
        ended = [literal(word) for outcome in ("won", "lost") for word in mapping.status[outcome]]
        if ended:
            unfinished = "{stage} IN ({ended}) AND {closed} IS NULL"
            rules.append(
                Rule(
                    lambda v: compose(
                        unfinished, stage=v[columns["stage"]], closed=v[columns["closed"]], ended=listed(ended)
                    ),
                    NO_CLOSING,
                )
            )
    if mapping.linked and "created" not in columns:
        orphan = "coalesce({lead}, '') NOT IN (SELECT id FROM read_leads)"
        rules.append(Rule(lambda v: compose(orphan, lead=v[columns["lead"]]), NO_LEAD))
    return tuple(rules)


UNKNOWN_STAGE = _("the stage is not in the mapping")
NO_CLOSING = _("the deal is closed but has no closing day")
NO_LEAD = _("its lead is not in the file of leads")


def _request(mapping: FileMapping, table: str, file: FileToLoad, request: LoadRequest) -> LoadRequest:
    """What the mapping says about a file's forms; the person's own words at the command come first."""
    form = mapping.tables[table].format
    return replace(
        request,
        files=(file,),
        date_format=request.date_format or form.get("date"),
        decimal=request.decimal or form.get("decimal"),
        delimiter=request.delimiter or form.get("delimiter"),
        encoding=request.encoding or form.get("encoding"),
    )


def _all_there(mapping: FileMapping, table: str, file: FileToLoad, found: Incoming) -> None:
    """A column that the mapping names has to be in the file, also where its cells may be empty."""
    lacking = [h for h in mapping.tables[table].columns.values() if _column(h) in found.absent]
    if lacking:
        names = ", ".join(f"“{header}”" for header in lacking)
        sentence = gettext("%(file)s has no column %(missing)s, which the mapping names.")
        raise BadInput("file", sentence % {"file": file.name, "missing": names}, code="missing_column")


def _keep(connection: Connection, mapping: FileMapping, table: str) -> None:
    """Name the columns as the fields are; where the mapping gives no id, a digest of the row and its place among
    its likes is one, which stays the same when the file grows."""
    columns = mapping.tables[table].columns
    there = {row[0] for row in connection.execute(compose("DESCRIBE {t}", t=INCOMING)).fetchall()}
    selected = [
        compose("{value} AS {name}", value=_value(mapping, name, columns.get(name), there), name=ident(name))
        for name in FIELDS[table]
        if name != "id"
    ]
    select = compose(
        "SELECT {id} AS id, {columns} FROM {t}", id=_id(table, columns, there), columns=listed(selected), t=INCOMING
    )
    connection.execute(compose("CREATE TABLE {t} AS {s}", t=ident(f"read_{table}"), s=select))
    connection.execute(compose("DROP TABLE {t}", t=INCOMING))


def _id(table: str, columns: Mapping[str, str], there: set[str]) -> Sql:
    if "id" in columns:
        return ident(_column(columns["id"]))
    if table == "users":
        return ident(_column(columns["name"]))
    return compose(
        "concat(left(md5(row({all})::TEXT), 12), '-', row_number() OVER (PARTITION BY {all}))",
        all=listed(ident(name) for name in sorted(there)),
    )


def _value(mapping: FileMapping, name: str, header: str | None, there: set[str]) -> Sql:
    if header is not None and _column(header) in there:
        constant = mapping.constants.get(name)
        return (
            compose("coalesce({c}, {d})", c=ident(_column(header)), d=literal(constant))
            if constant and name not in KINDS
            else ident(_column(header))
        )
    kind = TYPES[KINDS.get(name, Kind.TEXT)]
    return compose("CAST({value} AS {kind})", value=literal(mapping.constants.get(name)), kind=kind)


def _add(read: Read, table: str, found: Incoming) -> None:
    read.rows += found.rows
    read.rejected += found.rejected
    read.digests[table] = found.digests[0]
    read.report |= found.report
    if found.rejects:
        read.rejects.append(found.rejects)
