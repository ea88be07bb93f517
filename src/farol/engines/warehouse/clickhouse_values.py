"""Parameters and values of ClickHouse: `?` becomes a typed parameter, an answer in JSON becomes Python values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from farol.engines.warehouse.marks import replaced

FORMAT = "JSONCompactEachRowWithNamesAndTypes"
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\b": "\\b", "\f": "\\f"})
_TYPES = ((bool, "Bool"), (int, "Int64"), (float, "Float64"), (dt.datetime, "DateTime64(6)"), (dt.date, "Date32"))
_READ: dict[str, Callable[[Any], Any]] = {
    "Date": dt.date.fromisoformat,
    "Date32": dt.date.fromisoformat,
    "DateTime": dt.datetime.fromisoformat,
    "DateTime64": dt.datetime.fromisoformat,
    "Time": dt.time.fromisoformat,
    "Float32": float,
    "Float64": float,
    "Decimal": Decimal,
}


def typed(sql: str, params: Sequence[Any]) -> tuple[str, dict[str, str]]:
    """The statement with `{p0:Date32}` in place of each `?`, and the parameters' texts by name."""
    kinds = [next((kind for type_, kind in _TYPES if isinstance(value, type_)), "String") for value in params]
    text = replaced(sql, [f"{{p{i}:{kind}}}" for i, kind in enumerate(kinds)])
    return text, {f"p{i}": str(value).translate(_ESCAPED) for i, value in enumerate(params)}


def parsed(lines: Iterable[str | bytes]) -> Iterator[tuple[Any, ...]]:
    """The rows of an answer in `FORMAT`."""
    found = (json.loads(line, parse_float=Decimal) for line in lines if line)
    next(found, None)
    readers = [_READ.get(_bare(kind)) for kind in next(found, [])]
    for row in found:
        yield tuple(
            value if value is None or read is None else read(value) for read, value in zip(readers, row, strict=True)
        )


def _bare(kind: str) -> str:
    """`Date32` of `Nullable(Date32)`, `Decimal` of `Decimal(18, 2)`."""
    for wrapper in ("LowCardinality(", "Nullable("):
        kind = kind.removeprefix(wrapper)
    return kind.partition("(")[0].rstrip(")")
