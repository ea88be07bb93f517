"""What the page of a receipt shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.errors import NotFound
from farol.engines.metrics.model import Kind, Measure, SemanticModel
from farol.engines.metrics.reopen import Opened, rows_of_receipt
from farol.engines.metrics.tables import COMPARISON_LABELS, dimension_text, period_text, value_text
from farol.platform.accounts.principal import Principal
from farol.platform.exports import Column

PAGE = 50
LINES = 60


@dataclass(frozen=True)
class Line:
    """One figure: where it stands, what was shown, the same run again on its version, and on today's."""

    place: str
    figure: str
    shown: str
    again: str
    now: str
    differs: bool


def context(opened: Opened, principal: Principal, page: int) -> dict[str, Any]:
    """Everything the template needs; `NotFound` for a page beyond the last."""
    lines = list(_lines(opened))
    return {
        "opened": opened,
        "receipt": opened.receipt,
        "measures": _measures(opened),
        "period": period_text(opened.query.period) if opened.query.period else formats.NONE,
        "filters": list(_named(opened.model, opened.query.where)),
        "groups": [opened.model.dimensions_by_name[name].label for name in opened.query.by],
        "rules": list(_named_columns(opened.model, opened.receipt.rules)) if opened.same_rules else None,
        "lines": lines[:LINES],
        "lines_left": max(0, len(lines) - LINES),
        "rows": _rows(opened, principal, page),
    }


def _measures(opened: Opened) -> list[Measure]:
    known = opened.model.measures_by_name
    return [known[name] for name in opened.query.measures if name in known]


def _named(model: SemanticModel, where: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    for name, values in where.items():
        dimension = model.dimensions_by_name[name]
        typed = [dt.date.fromisoformat(v) if dimension.kind is Kind.DATE else v for v in values]
        yield dimension.label, ", ".join(dimension_text(dimension, value) for value in typed)


def _named_columns(model: SemanticModel, rules: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    labels = {d.column: d.label for d in model.dimensions}
    for column, values in rules.items():
        yield labels.get(column, column), ", ".join(map(str, values)) or formats.NONE


def _lines(opened: Opened) -> Iterator[Line]:
    shown, again, now = (_figures(opened, values) for values in (opened.shown, opened.again, opened.now))
    for key in shown or again or now:
        place, figure, measure = key
        then, rerun, today = (value_text(measure, found.get(key)) for found in (shown, again, now))
        yield Line(place, figure, then, rerun, today, key in shown and key in again and shown[key] != again[key])


Figures = dict[tuple[str, str, Measure], Decimal | None]


def _figures(opened: Opened, values: Any) -> Figures:
    if values is None:
        return {}
    found = _of_explanation(opened, values) if opened.receipt.kind == "explain" else _of_rows(opened, values)
    return {key: None if value is None else Decimal(str(value)) for key, value in found}


def _of_rows(opened: Opened, rows: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, str, Measure], Any]]:
    for row in rows:
        place = _place(opened.model, {name: row[name] for name in opened.query.by})
        for measure in _measures(opened):
            yield (place, str(measure.label), measure), row[measure.name]
            for name, comparison in row.get("compare", {}).get(measure.name, {}).items():
                yield (place, f"{measure.label}, {COMPARISON_LABELS[name]}", measure), comparison["base"]


def _of_explanation(opened: Opened, values: dict[str, Any]) -> Iterator[tuple[tuple[str, str, Measure], Any]]:
    (measure,) = _measures(opened)
    titles = {"value": str(measure.label), "base": _("Base"), "delta": _("Change")}
    for name, title in titles.items():
        yield ("", title, measure), values[name]
    for segment in values["segments"]:
        yield (_place(opened.model, segment["segment"]), _("Change"), measure), segment["delta"]


def _place(model: SemanticModel, names: dict[str, Any]) -> str:
    parts = []
    for name, value in names.items():
        dimension = model.dimensions_by_name[name]
        typed = dt.date.fromisoformat(value) if dimension.kind is Kind.DATE and value else value
        parts.append(dimension_text(dimension, typed))
    return " · ".join(parts)


def _rows(opened: Opened, principal: Principal, page: int) -> dict[str, Any] | None:
    behind = rows_of_receipt(opened, principal, limit=PAGE, offset=(page - 1) * PAGE)
    if behind is None:
        return None
    last = max(1, -(-behind.total // PAGE))
    if page > last:
        raise NotFound(_("This page does not exist."))
    filled = [i for i in range(len(behind.columns)) if any(row[i] not in (None, "") for row in behind.rows)]
    columns = [behind.columns[i] for i in filled]
    return {
        "columns": columns,
        "lines": [[_cell(behind.columns[i], row[i], opened.model) for i in filled] for row in behind.rows],
        "total": formats.number(behind.total),
        "first": formats.number(min(behind.total, behind.offset + 1)),
        "to": formats.number(behind.offset + len(behind.rows)),
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < last else None,
    }


@dataclass(frozen=True)
class Cell:
    text: str
    number: bool


def _cell(column: Column, value: Any, model: SemanticModel) -> Cell:
    if column.kind == "money":
        return Cell(formats.brl(value), True)
    dimension = next((d for d in model.dimensions_by_name.values() if d.column == column.name), None)
    if dimension is not None:
        return Cell(dimension_text(dimension, value), dimension.kind is Kind.INTEGER)
    return Cell(formats.number(value) if isinstance(value, int) else str(value or formats.NONE), isinstance(value, int))
