"""What is true of one published version whatever is asked: its days, its calendar, the columns the files brought."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one, select

from farol.engines.metrics.model import TIME, Kind, SemanticModel

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

KEPT = 32


@dataclass(frozen=True)
class Facts:
    """`days` have data: rows or, in a sparse model, a place between the first and last day of the data; `calendar` has
    each day's values of `TIME`; `brought` are the optional columns with data.
    """

    version: str
    complete_until: dt.date | None
    days: frozenset[dt.date]
    calendar: dict[dt.date, dict[str, object]]
    brought: frozenset[str]


_kept: OrderedDict[tuple[str, ...], Facts] = OrderedDict()
_lock = threading.Lock()


def facts_of(reader: Reader, model: SemanticModel) -> Facts:
    """Read once per published version and process: a version never changes."""
    table = reader.table(model.table)
    key = (model.name, model.dataset, reader.dialect, reader.version, str(reader.published_at), table)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    facts = Facts(
        reader.version,
        reader.complete_until,
        frozenset(_days(reader, model)),
        _calendar(reader),
        frozenset(_brought(reader, model)),
    )
    with _lock:
        _kept[key] = facts
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return facts


def _days(reader: Reader, model: SemanticModel) -> list[dt.date]:
    day = exp.column(model.time, quoted=True)
    query = select(day).distinct().from_(exp.to_table(reader.table(model.table), dialect=reader.dialect))
    if model.base_filter:
        query = query.where(parse_one(model.base_filter))
    days = [row[0] for row in reader.rows(query.sql(dialect=reader.dialect))]
    return days + _span(reader, days) if model.sparse else days


def _span(reader: Reader, days: list[dt.date]) -> list[dt.date]:
    first, last = reader.first_day or min(days, default=None), reader.complete_until or max(days, default=None)
    if first is None or last is None:
        return []
    return [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]


def _calendar(reader: Reader) -> dict[dt.date, dict[str, object]]:
    columns = [exp.column(d.column, quoted=True) for d in TIME.values()]
    query = select(*columns).from_(exp.to_table(reader.table("calendar"), dialect=reader.dialect))
    rows = reader.rows(query.sql(dialect=reader.dialect))
    return {row[0]: dict(zip(TIME, row, strict=True)) for row in rows}


def _brought(reader: Reader, model: SemanticModel) -> list[str]:
    """Optional columns with at least one value: a text column a file lacks is '', a number NULL."""
    if not model.optional_columns:
        return []
    texts = {d.column for d in model.dimensions if d.optional and d.kind is Kind.TEXT}
    columns = [name for name in model.optional_columns if name in set(reader.columns(model.table))]
    tests = [_has_value(name, name in texts).as_(f"c{i}") for i, name in enumerate(columns)]
    query = select(*tests).from_(exp.to_table(reader.table(model.table), dialect=reader.dialect))
    (row,) = reader.rows(query.sql(dialect=reader.dialect))
    return [name for name, found in zip(columns, row, strict=True) if found]


def _has_value(name: str, text: bool) -> exp.Max:
    column = exp.column(name, quoted=True)
    empty = column.is_(exp.null())
    condition = exp.or_(empty, column.eq("")) if text else empty
    return exp.Max(this=exp.Case().when(condition, exp.Literal.number(0)).else_(exp.Literal.number(1)))
