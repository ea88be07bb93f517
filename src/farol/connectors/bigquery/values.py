"""Parameters on their way out and rows on their way in, as the interface writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, repr=False)
class Param:
    """A named parameter. It has no `repr`: its value may be a document."""

    name: str
    kind: str
    value: str | int | dt.date

    def as_json(self) -> dict[str, Any]:
        value = self.value.isoformat() if isinstance(self.value, dt.date) else str(self.value)
        return {"name": self.name, "parameterType": {"type": self.kind}, "parameterValue": {"value": value}}


def rows_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an answer with Python's values; `KeyError`, `ValueError` or `TypeError` if it is none."""
    if not answer.get("rows"):
        return []
    fields = answer["schema"]["fields"]
    return [_record(fields, row) for row in answer["rows"]]


def _record(fields: list[dict[str, Any]], row: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: _value(field, cell["v"]) for field, cell in zip(fields, row["f"], strict=True)}


def _value(field: dict[str, Any], value: Any) -> Any:
    if field.get("mode") == "REPEATED":
        one = {**field, "mode": "NULLABLE"}
        return [_value(one, item["v"]) for item in value or []]
    if value is None:
        return None
    if field["type"] in ("RECORD", "STRUCT"):
        return _record(field["fields"], value)
    return _READERS.get(field["type"], str)(value)


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(float(text), dt.UTC)


_READERS: dict[str, Callable[[Any], Any]] = {
    "INTEGER": int,
    "INT64": int,
    "FLOAT": Decimal,
    "FLOAT64": Decimal,
    "NUMERIC": Decimal,
    "BIGNUMERIC": Decimal,
    "BOOLEAN": lambda text: str(text).lower() == "true",
    "BOOL": lambda text: str(text).lower() == "true",
    "DATE": dt.date.fromisoformat,
    "DATETIME": dt.datetime.fromisoformat,
    "TIMESTAMP": _instant,
}
