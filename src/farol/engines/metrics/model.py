"""The semantic model: what can be asked of a fact table, and the one definition of every measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.core.errors import BadInput, NotFound
from farol.engines.metrics.formulas import Formula, Sum
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


class Unit(StrEnum):
    BRL = "brl"
    COUNT = "count"
    PERCENT = "percent"
    NUMBER = "number"


class Direction(StrEnum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"
    NEUTRAL = "neutral"


class Kind(StrEnum):
    """What the values of a dimension are."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"


@dataclass(frozen=True)
class Dimension:
    """A column to group and filter by; `values` are labels of known values, `optional` that a file may lack it."""

    name: str
    label: Any
    column: str
    kind: Kind = Kind.TEXT
    values: Mapping[Any, Any] = field(default_factory=dict, hash=False)
    optional: bool = False


@dataclass(frozen=True)
class Measure:
    """A figure with its one definition.

    `definition` is the sentence people read; `grain_only` refuses any grouping coarser than the file's own rows;
    `requires` names columns that a file may lack: without them the measure says which one is missing. Where a `sparse`
    model has no rows, a measure is zero unless `zero` is False: what was never told (a cost) stays unknown.
    """

    name: str
    label: Any
    definition: Any
    unit: Unit
    formula: Formula
    direction: Direction = Direction.UP
    grain_only: bool = False
    requires: tuple[str, ...] = ()
    zero: bool = True

    @property
    def additive(self) -> bool:
        """True if the values of groups add up to the value of the whole."""
        return self.formula.additive and not self.grain_only


RowRules = Mapping[str, tuple[Any, ...]]
"""Column -> the only values a person may see; no entry for a column means no limit on it, no values means no rows."""


def no_rules(principal: Principal) -> RowRules:
    """Everyone who may open the model sees all of its rows."""
    return {}


TIME = {
    d.name: d
    for d in (
        Dimension("day", _("Day"), "day", Kind.DATE),
        Dimension("week", _("Week"), "week_start", Kind.DATE),
        Dimension("month", _("Month"), "month_start", Kind.DATE),
        Dimension("weekday", _("Weekday"), "weekday", Kind.INTEGER),
        Dimension("kind", _("Kind of day"), "kind", Kind.TEXT),
    )
}
"""Columns of the calendar table by which every model can be grouped and filtered."""


@dataclass(frozen=True)
class SemanticModel:
    """One fact table and what may be asked of it.

    `time` is the day column; `base_filter` a condition every figure keeps (plain SQL, part of the definition);
    `grain` the dimensions that, with the day, make a row of the file; `permission` who may ask at all and `row_rules`
    which rows they see, whatever the door. `volume` is what the volume effect of a change in money counts; a column of
    `optional_columns` (with the name a file would give it) may be without data; `column_labels` head the other columns
    of the fact table where its rows are shown. `sparse` models have days without rows, which brought nothing: those
    from the first to the last day of the data are zeros, not gaps. `record` names the columns that tell which record a
    row belongs to, `record_url` gives that record's page for their values, and `record_names` what people call the
    records of some rows, in their order.
    """

    name: str
    label: Any
    dataset: str
    table: str
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    permission: str
    time: str = "day"
    base_filter: str = ""
    base_filter_text: Any = ""
    grain: tuple[str, ...] = ()
    volume: Sum | None = None
    column_labels: Mapping[str, Any] = field(default_factory=dict)
    optional_columns: Mapping[str, Any] = field(default_factory=dict)
    row_rules: Callable[[Principal], RowRules] = no_rules
    sparse: bool = False
    record: tuple[str, ...] = ()
    record_url: Callable[[Mapping[str, Any]], str] | None = None
    record_names: Callable[[Principal, Sequence[Mapping[str, Any]]], Sequence[str]] | None = None

    @cached_property
    def unknown_columns(self) -> frozenset[str]:
        """Columns whose sum stays unknown where there are no rows."""
        never_zero = {s.column for m in self.measures if not m.zero for s in m.formula.sums}
        return frozenset(never_zero | set(self.optional_columns))

    @cached_property
    def dimensions_by_name(self) -> dict[str, Dimension]:
        return {**TIME, **{d.name: d for d in self.dimensions}}

    @cached_property
    def measures_by_name(self) -> dict[str, Measure]:
        return {m.name: m for m in self.measures}

    def dimension(self, name: str, field_name: str = "by") -> Dimension:
        """`BadInput` on the named field, with what is near, for a name outside the model."""
        return find(
            name, self.dimensions_by_name, field_name, _("“%(name)s” is no dimension of %(model)s."), self.label
        )

    def measure(self, name: str, field_name: str = "measures") -> Measure:
        """`BadInput` on the named field, with what is near, for a name outside the model."""
        return find(name, self.measures_by_name, field_name, _("“%(name)s” is no measure of %(model)s."), self.label)


def find(name: Any, table: Mapping[str, Any], field_name: str, sentence: Any, model: Any = "") -> Any:
    """The entry called `name`, or `BadInput(field_name)` with the near names, or all of them."""
    if isinstance(name, str) and name in table:
        return table[name]
    shown = printable(str(name)[:60])
    raise BadInput(field_name, sentence % {"name": shown, "model": model} + " " + hint(shown, table), code="unknown")


def printable(text: str) -> str:
    """`text` as it can be shown anywhere: without NUL and lone surrogates."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()


def hint(name: str, known: Iterable[str]) -> str:
    """“Did you mean …?” with the near names, else the list of all."""
    names = list(known)
    near = get_close_matches(name.lower(), names, n=3, cutoff=0.6)
    if near:
        return str(_("Did you mean %(names)s?") % {"names": ", ".join(near)})
    return str(_("Known: %(names)s.") % {"names": ", ".join(names)})


def models() -> dict[str, SemanticModel]:
    """Every model that a room offers in its `metrics.MODELS`, by name."""
    return {model.name: model for model in collect("metrics", "MODELS")}


def get_model(name: str) -> SemanticModel:
    """`NotFound`, with what is near, for an unknown name."""
    known = models()
    if name not in known:
        raise NotFound(
            _("There is no model “%(name)s”.") % {"name": printable(name[:60])} + " " + hint(name[:60], known)
        )
    return known[name]
