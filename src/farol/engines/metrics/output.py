"""Answers as JSON, CSV and a readable table. Money is a string with two decimals, percent a number with four."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from farol.core.money import quantize
from farol.engines.metrics.answer import Comparison, Row, Value
from farol.engines.metrics.model import Kind, Measure, Unit
from farol.platform.exports import guard

if TYPE_CHECKING:
    from farol.engines.metrics.contribution import Explanation, Segment
    from farol.engines.metrics.doors import Result

_PLACES = Decimal("0.0001")


def as_json(result: Result) -> dict[str, Any]:
    """The answer of `farol query --format json` and of REST, ready for `json.dumps`."""
    return {
        "model": result.model.name,
        "data_version": result.data_version,
        "complete_until": plain(result.complete_until),
        "receipt": result.receipt,
        "rows": rows_as_json(result.query.measures, result.rows),
    }


def rows_as_json(measures: tuple[Measure, ...], rows: list[Row]) -> list[dict[str, Any]]:
    """Rows of an answer, ready for `json.dumps`."""
    by_name = {m.name: m for m in measures}
    return [_row(by_name, row) for row in rows]


def written(measure: Measure, value: Value) -> str | int | float | None:
    """One value the way machines read it here."""
    if value is None or measure.unit is Unit.COUNT:
        return value if value is None else int(value)
    if measure.unit is Unit.BRL:
        return str(quantize(Decimal(value)))
    return rounded(Decimal(value))


def rounded(value: Decimal | None) -> float | None:
    """A percentage with four decimals."""
    return None if value is None else float(value.quantize(_PLACES, ROUND_HALF_UP))


def plain(value: Any) -> Any:
    """A date as text; anything else as it is."""
    return value.isoformat() if isinstance(value, dt.date) else value


def _row(measures: dict[str, Measure], row: Row) -> dict[str, Any]:
    out = {
        name: written(measures[name], value) if name in measures else plain(value)
        for name, value in row.items()
        if name != "compare"
    }
    if "compare" in row:
        out["compare"] = {
            name: {base: _comparison(measures[name], c) for base, c in bases.items()}
            for name, bases in row["compare"].items()
        }
    return out


def _comparison(measure: Measure, c: Comparison) -> dict[str, Any]:
    days: dict[str, Any]
    if c.base_from is None:
        days = {"base_date": plain(c.base_date)}
    else:
        days = {"base_from": plain(c.base_from), "base_to": plain(c.base_to)}
    return {
        **days,
        "base": written(measure, c.base),
        "delta": written(measure, c.delta),
        "pct": rounded(c.pct),
    }


def explanation_as_json(found: Explanation, most: int | None = None) -> dict[str, Any]:
    """The answer of `farol explain --format json` and of REST; `most` cuts the list of segments."""
    days: dict[str, Any] = {"date": plain(found.date), "base_date": plain(found.base_date)}
    if found.date is None:
        period, base = found.query.period, found.base_days
        days = {"from": plain(period.start), "to": plain(period.end)}
        days |= {"base_from": plain(base[0]), "base_to": plain(base[-1])}
    return {
        "measure": found.measure.name,
        **days,
        **{name: written(found.measure, getattr(found, name)) for name in ("base", "value", "delta")},
        "segments": [_segment(found.measure, segment) for segment in found.segments[:most]],
        "explained_by": found.explained_by,
        "data_version": found.data_version,
        "complete_until": plain(found.complete_until),
        "receipt": found.receipt,
    }


def _segment(measure: Measure, segment: Segment) -> dict[str, Any]:
    numbers = ("base", "value", "delta", "volume_effect", "ticket_effect")
    return {"segment": segment.segment, **{name: written(measure, getattr(segment, name)) for name in numbers}}


def as_csv(result: Result) -> str:
    """Comma-separated, decimal point, one line per row; a text that a spreadsheet would run is guarded."""
    texts = {d.name for d in result.query.by if d.kind is Kind.TEXT}
    columns = _columns(result)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows_as_json(result.query.measures, result.rows):
        flat = {name: guard(value) if name in texts and value else value for name, value in _flat(row)}
        writer.writerow([flat.get(name) for name in columns])
    return out.getvalue()


def _columns(result: Result) -> list[str]:
    names = [d.name for d in result.query.by] + [m.name for m in result.query.measures]
    pairs = [(m.name, base) for m in result.query.measures for base in result.query.compare]
    return names + [f"{m}_{base}_{part}" for m, base in pairs for part in ("base", "delta", "pct")]


def _flat(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, value) for name, value in row.items() if name != "compare")
    for measure, bases in row.get("compare", {}).items():
        for base, parts in bases.items():
            yield from ((f"{measure}_{base}_{part}", parts[part]) for part in ("base", "delta", "pct"))


def explanation_as_csv(found: Explanation) -> str:
    """One line per segment."""
    names = [d.name for d in found.query.by] or list(found.segments[0].segment if found.segments else ())
    numbers = ("base", "value", "delta", "volume_effect", "ticket_effect")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*names, *numbers])
    for segment in (_segment(found.measure, s) for s in found.segments):
        values = [guard(v) if isinstance(v, str) else v for v in segment["segment"].values()]
        writer.writerow([*values, *(segment[number] for number in numbers)])
    return out.getvalue()
