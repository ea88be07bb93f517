"""The careful reading: every record with its line, every bad one with its reasons."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
from django.utils.translation import gettext as _

from farol.connectors.files.layout import records
from farol.connectors.files.spec import Field, FileSpec, Kind
from farol.connectors.files.stage import Source, read_text, typed, value_of
from farol.connectors.files.validity import beyond_range
from farol.engines.warehouse.sql import Sql, compose, each, ident, listed, literal

MOST_SHOWN = 100_000


def numbered(source: Source, target: Path) -> Source:
    """The same records, each with its line in front and cut or filled to the header's length, with a word on that."""
    width = len(source.layout.headers)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for line, cells in records(source.file.path, source.layout.delimiter):
            problem = "" if len(cells) == width else f"{len(cells)}"
            writer.writerow([line, problem, *(cells + [""] * width)[:width]])
    return replace(source, file=replace(source.file, path=target), numbered=True)


def reject(
    connection: duckdb.DuckDBPyConnection, spec: FileSpec, sources: Sequence[Source], target: Path
) -> tuple[int, int]:
    """Write the bad rows of numbered sources with line and reason; (rows, bad rows), and no file where none is bad."""
    judged = listed((_judged(spec, place, source) for place, source in enumerate(sources)), " UNION ALL ")
    connection.execute(compose("CREATE OR REPLACE TEMP TABLE judged AS {judged}", judged=judged))
    if spec.grain:
        _mark_twins(connection, spec)
    found = connection.execute("SELECT count(*), count(*) FILTER (reasons <> '') FROM judged").fetchone()
    rows, count = found or (0, 0)
    if count:
        _write(connection, sources, target)
    connection.execute("DROP TABLE judged")
    return rows, count


def _judged(spec: FileSpec, place: int, source: Source) -> Sql:
    """file, line, reasons, the grain and all values as one text (to tell twins that differ), the cells as they came."""
    values = typed(spec, source)
    reasons = [_structure(source)]
    for name, field in zip(source.names, source.layout.fields, strict=True):
        if field:
            reasons += _reasons(field, ident(name), value_of(field, ident(name), source.forms))
    reasons += [_reason(rule.broken(values), str(rule.sentence)) for rule in spec.rules]
    return compose(
        "SELECT {place} AS file, CAST(line AS BIGINT) AS line, concat_ws('; ', {reasons}) AS reasons,"
        " CAST(row({grain}) AS TEXT) AS grain, CAST(row({all}) AS TEXT) AS content, [{cells}] AS cells FROM {text}",
        place=literal(place),
        reasons=listed(reasons),
        grain=listed(values[c] for c in spec.grain or spec.columns),
        all=listed(values[c] for c in spec.columns),
        cells=each("coalesce({}, '')", source.names),
        text=read_text(source),
    )


def _structure(source: Source) -> Sql:
    sentence = _("%(found)s columns where the header has %(wanted)s") % {
        "found": "\0",
        "wanted": len(source.layout.headers),
    }
    before, _mark, after = sentence.partition("\0")
    return compose(
        "CASE WHEN problem <> '' THEN concat({before}, problem, {after}) END",
        before=literal(before),
        after=literal(after),
    )


def _reasons(field: Field, cell: Sql, value: Sql) -> list[Sql]:
    """NULL where the cell is good; the reason where it is not."""
    empty = _reason(compose("trim(coalesce({c}, '')) = ''", c=cell), _("%(field)s is empty") % {"field": field.name})
    what = {Kind.DAY: _("is not a day"), Kind.COUNT: _("is not a whole number"), Kind.MONEY: _("is not an amount")}
    unread = [
        compose(
            "CASE WHEN trim(coalesce({c}, '')) <> '' AND {v} IS NULL THEN concat({before}, left({c}, 40), {after}) END",
            c=cell,
            v=value,
            before=literal(f"{field.name}: “"),
            after=literal(f"” {what.get(field.kind, '')}"),
        )
    ]
    far = {Kind.DAY: _("%(field)s is far from now"), Kind.TEXT: _("%(field)s is longer than 200 characters")}
    sentence = far.get(field.kind, _("%(field)s is negative")) % {"field": field.name}
    return [*([empty] if field.required else []), *unread, _reason(beyond_range(field, value), sentence)]


def _reason(condition: Sql, sentence: str) -> Sql:
    return compose("CASE WHEN {condition} THEN {sentence} END", condition=condition, sentence=literal(sentence))


def _mark_twins(connection: duckdb.DuckDBPyConnection, spec: FileSpec) -> None:
    """Rows of one grain that differ: each of them is bad, since nobody can say which is right."""
    sentence = _("another row has the same %(grain)s and other values") % {"grain": ", ".join(spec.grain)}
    connection.execute(
        compose(
            "UPDATE judged SET reasons = concat_ws('; ', nullif(reasons, ''), {sentence}) WHERE grain IN ("
            " SELECT grain FROM judged GROUP BY grain HAVING count(DISTINCT content) > 1)",
            sentence=literal(sentence),
        )
    )


def _write(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], target: Path) -> None:
    """`;`-separated, with a byte-order mark, so that a spreadsheet opens it as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    cursor = connection.execute("SELECT file, line, reasons, cells FROM judged WHERE reasons <> '' ORDER BY file, line")
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for place, source in enumerate(sources):
            if place == 0 or source.layout.headers != sources[place - 1].layout.headers:
                header = [_("file"), _("line"), _("reason"), *source.layout.headers]
                if place == 0:
                    writer.writerow(header)
        while rows := cursor.fetchmany(2000):
            for place, line, reasons, cells in rows:
                writer.writerow([sources[place].file.name, line, reasons, *map(_inert, cells)])


def _inert(text: str) -> str:
    """A cell that a spreadsheet would run as a formula is shown as text."""
    risky = text.startswith(("=", "+", "@", "\t", "\r")) or (text.startswith("-") and not text[1:2].isdigit())
    return "'" + text if risky else text
