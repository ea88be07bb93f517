"""A question to a model, and its check: everything named here exists, has the right type and may be asked together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.core.errors import BadInput, Refused
from farol.engines.metrics.facts import Facts
from farol.engines.metrics.model import TIME, Dimension, Kind, Measure, SemanticModel, find, get_model, hint, printable
from farol.engines.metrics.period import Period
from farol.platform.calendar import SHIFTS, DayKind

COMPARISONS = (*SHIFTS, "expected")
MAX_VALUES, MAX_TEXT, MAX_LIMIT = 1000, 500, 100_000
_INTEGER = re.compile(r"^-?\d{1,9}$", re.ASCII)
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)


class NotAdditive(Refused):
    """The measure cannot be summed to what was asked."""

    code = "not_additive"
    status = 422


class MissingColumn(Refused):
    """The loaded files never brought the column `column` that a measure or dimension needs."""

    code = "missing_column"
    status = 422

    def __init__(self, detail: Any, column: Any) -> None:
        super().__init__(detail)
        self.column = column


@dataclass(frozen=True)
class Query:
    """What is asked. `model` is a model or its name; `where` maps a dimension to the values kept; no `period` means the
    last complete day; `compare` takes `COMPARISONS`; `order` is pairs of a column of the answer and `asc` or `desc`."""

    model: str | SemanticModel
    measures: Sequence[str] = ()
    by: Sequence[str] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    period: Period | None = None
    compare: Sequence[str] = ()
    order: Sequence[tuple[str, str]] = ()
    limit: int | None = None

    @property
    def semantic_model(self) -> SemanticModel:
        return self.model if isinstance(self.model, SemanticModel) else get_model(self.model)


@dataclass(frozen=True)
class Resolved:
    """A checked question: names became objects, values have their dimension's type, the period is known."""

    model: SemanticModel
    measures: tuple[Measure, ...]
    by: tuple[Dimension, ...]
    where: tuple[tuple[Dimension, tuple[Any, ...]], ...]
    period: Period
    compare: tuple[str, ...]
    order: tuple[tuple[str, str], ...]
    limit: int | None

    @property
    def time_by(self) -> tuple[Dimension, ...]:
        return tuple(d for d in self.by if d.name in TIME)

    @property
    def fact_by(self) -> tuple[Dimension, ...]:
        return tuple(d for d in self.by if d.name not in TIME)

    @property
    def time_where(self) -> tuple[tuple[Dimension, tuple[Any, ...]], ...]:
        return tuple(pair for pair in self.where if pair[0].name in TIME)

    @property
    def fact_where(self) -> tuple[tuple[Dimension, tuple[Any, ...]], ...]:
        return tuple(pair for pair in self.where if pair[0].name not in TIME)

    @property
    def shifts(self) -> tuple[str, ...]:
        return tuple(name for name in self.compare if name != "expected")

    def canonical(self) -> dict[str, Any]:
        """JSON-ready and equal for equal questions: part of the receipt, and what a receipt runs again."""
        return {
            "model": self.model.name,
            "measures": [m.name for m in self.measures],
            "by": [d.name for d in self.by],
            "where": {d.name: [_plain(v) for v in values] for d, values in sorted(self.where, key=lambda w: w[0].name)},
            "period": str(self.period),
            "compare": list(self.compare),
            "order": [list(pair) for pair in self.order],
            "limit": self.limit,
        }


def resolve(query: Query, facts: Facts) -> Resolved:
    """Check a question against its model and the data at hand; `BadInput`, `NotAdditive` or `MissingColumn`."""
    model = query.semantic_model
    measures = tuple(model.measure(name) for name in _unique(query.measures, "measures"))
    if not measures:
        known = ", ".join(model.measures_by_name)
        raise BadInput("measures", _("Name at least one measure: %(names)s.") % {"names": known})
    by = tuple(model.dimension(name) for name in _unique(query.by, "by"))
    where = _where(query.where, model)
    period = query.period or _last_complete_day(facts)
    compare = tuple(
        find(name, {c: c for c in COMPARISONS}, "compare", gettext_lazy("“%(name)s” is no comparison."))
        for name in _unique(query.compare, "compare")
    )
    resolved = Resolved(model, measures, by, where, period, compare, _order(query, by, measures), _limit(query.limit))
    _check_columns(resolved, facts)
    _check_grain(resolved, facts)
    return resolved


def _unique(names: Any, field_name: str) -> tuple[str, ...]:
    if isinstance(names, str) or not isinstance(names, Sequence) or not all(isinstance(n, str) for n in names):
        raise BadInput(field_name, _("Give a list of names."))
    return tuple(dict.fromkeys(names))


def _last_complete_day(facts: Facts) -> Period:
    day = facts.complete_until or clock.today() - dt.timedelta(days=1)
    return Period(day, day)


def _order(query: Query, by: tuple[Dimension, ...], measures: tuple[Measure, ...]) -> tuple[tuple[str, str], ...]:
    columns = [d.name for d in by] + [m.name for m in measures]
    for name, direction in query.order:
        if name not in columns:
            shown = printable(str(name)[:60])
            sentence = _("“%(name)s” is not a column of this answer.") % {"name": shown}
            raise BadInput("order", sentence + " " + hint(shown, columns), code="unknown")
        if direction not in ("asc", "desc"):
            raise BadInput("order", _("Order is asc or desc."))
    return tuple((name, direction) for name, direction in query.order)


def _limit(limit: Any) -> int | None:
    if limit is None:
        return None
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
        raise BadInput("limit", _("The limit is a number from 1 to %(most)s.") % {"most": MAX_LIMIT})
    return limit


def _where(where: Any, model: SemanticModel) -> tuple[tuple[Dimension, tuple[Any, ...]], ...]:
    if not isinstance(where, Mapping):
        raise BadInput("where", _("Give the values to keep for each dimension."))
    return tuple((model.dimension(name, "where"), _values(name, values, model)) for name, values in where.items())


def _values(name: str, values: Any, model: SemanticModel) -> tuple[Any, ...]:
    dimension = model.dimension(name, "where")
    if isinstance(values, (str, int, dt.date)):
        values = (values,)
    if not isinstance(values, Sequence) or not 0 < len(values) <= MAX_VALUES:
        raise BadInput(f"where.{name}", _("Give from 1 to %(most)s values.") % {"most": MAX_VALUES})
    return tuple(dict.fromkeys(_value(dimension, value) for value in values))


def _value(dimension: Dimension, value: Any) -> Any:
    """`value` in the dimension's type, or `BadInput` that says which type it wants."""
    field_name, shown = f"where.{dimension.name}", printable(str(value)[:40])
    if dimension.kind is Kind.INTEGER:
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
            return value
        if isinstance(value, str) and _INTEGER.match(value):
            return int(value)
        raise BadInput(field_name, _("“%(value)s” is not a whole number.") % {"value": shown})
    if dimension.kind is Kind.DATE:
        return _day(value, field_name)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not _storable(value):
        raise BadInput(field_name, _("“%(value)s” is not a text that can be looked for.") % {"value": shown})
    if dimension is TIME["kind"]:
        kinds = {kind.value: kind.value for kind in DayKind}
        return find(value, kinds, field_name, gettext_lazy("“%(name)s” is no kind of day."))
    return value


def _day(value: Any, field_name: str) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and _DATE.match(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise BadInput(
        field_name, _("“%(value)s” is not a date. Write 2025-02-14.") % {"value": printable(str(value)[:40])}
    )


def _storable(text: str) -> bool:
    """No NUL and no lone surrogate: databases refuse both."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _check_columns(resolved: Resolved, facts: Facts) -> None:
    for measure in resolved.measures:
        for column in measure.requires:
            _check_column(resolved.model, column, measure.label, facts)
    for dimension in (*resolved.by, *(d for d, _values in resolved.where)):
        if dimension.optional:
            _check_column(resolved.model, dimension.column, dimension.label, facts)


def _check_column(model: SemanticModel, column: str, what: Any, facts: Facts) -> None:
    if column not in facts.brought:
        label = model.optional_columns.get(column, column)
        sentence = _("“%(what)s” needs the column “%(column)s”, which the loaded files do not have.")
        raise MissingColumn(sentence % {"what": what, "column": label}, label)


def _check_grain(resolved: Resolved, facts: Facts) -> None:
    refused = [m for m in resolved.measures if m.grain_only]
    if not refused:
        return
    fixed = {d.name for d in resolved.by} | {d.name for d, values in resolved.where if len(values) == 1}
    fixed |= {"day"} if resolved.period.one_day else set()
    optional = {d.name for d in resolved.model.dimensions if d.optional and d.column in facts.brought}
    missing = sorted(({"day", *resolved.model.grain} | optional) - fixed)
    if missing:
        sentence = _(
            "“%(measure)s” counts distinct things in each row of the file and cannot be added up (not_additive). "
            "Group by every dimension of the file: %(missing)s is missing."
        )
        raise NotAdditive(sentence % {"measure": refused[0].label, "missing": ", ".join(missing)})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
