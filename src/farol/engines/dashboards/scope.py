"""What a board is asked: period, base of comparison, filters and each card's choices, read from the address.

Everything in the address comes from a closed list (names of the board's own dimensions, cards and switches); anything
else is refused with 400, so no text of an address ever reaches a query as a name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.core.errors import BadInput
from farol.engines.dashboards.charts import Look
from farol.engines.metrics import Kind, Period, Query, SemanticModel, get_model, parse_period
from farol.engines.metrics.query import COMPARISONS
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import BusinessCalendar, default

if TYPE_CHECKING:
    from farol.engines.dashboards.board import Board

CONTEXT_DAYS = 28
PRESETS = {
    "yesterday": gettext_lazy("Yesterday"),
    "7d": gettext_lazy("7 days"),
    "28d": gettext_lazy("28 days"),
    "90d": gettext_lazy("90 days"),
    "month": gettext_lazy("This month"),
    "last-month": gettext_lazy("Last month"),
    "quarter": gettext_lazy("Quarter"),
    "custom": gettext_lazy("Custom"),
}
BASES = {
    "d1": gettext_lazy("D-1 · day before"),
    "w1": gettext_lazy("W-1 · same weekday, a week before"),
    "m1": gettext_lazy("M-1 · same day, a month before"),
    "m30": gettext_lazy("M-30 · thirty days before"),
    "y1": gettext_lazy("Y-1 · same day, a year before"),
    "expected": gettext_lazy("Expected for this kind of day"),
}
SHORT_BASES = {
    "d1": gettext_lazy("D-1"),
    "w1": gettext_lazy("W-1"),
    "m1": gettext_lazy("M-1"),
    "m30": gettext_lazy("M-30"),
    "y1": gettext_lazy("Y-1"),
    "expected": gettext_lazy("expected"),
}
_PRESET_DAYS = {"7d": 7, "28d": 28, "90d": 90}
_OWN = ("period", "from", "to", "base", "view", "page", "model")


class BadAddress(BadInput):
    """The address asks for something that the board does not have."""

    code = "bad_address"
    status = 400


@dataclass(frozen=True)
class Span:
    """The days a published version holds and until when they are complete; `version` is its name."""

    first: dt.date
    complete_until: dt.date
    version: str = ""
    published_at: dt.datetime | None = None

    @property
    def latest(self) -> dt.date:
        """The day that “yesterday” means: the last complete one."""
        return min(self.complete_until, clock.today() - dt.timedelta(days=1))


@dataclass(frozen=True)
class Scope:
    """A checked address together with the person who asks; `about` names a model other than the board's."""

    board: Board
    principal: Principal
    span: Span
    language: str
    preset: str
    period: Period
    base: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    calendar: BusinessCalendar = field(default_factory=default)
    theme: str = "page"
    about: str = ""

    @property
    def model(self) -> SemanticModel:
        return get_model(self.about) if self.about else self.board.semantic_model

    def on(self, model: str) -> Scope:
        """The same question to another model of the board's dataset."""
        about = "" if model == self.board.model else model
        return self if about == self.about else replace(self, about=about)

    @property
    def ignored(self) -> list[str]:
        """Labels of the chosen filters that the model does not know."""
        own = self.board.semantic_model
        return [str(own.dimension(name).label) for name in self.where if name not in self.model.dimensions_by_name]

    @cached_property
    def look(self) -> Look:
        return Look(self.language, self.theme)

    @property
    def day(self) -> dt.date:
        """The last day of the period: the one that single-day cards look at."""
        return self.period.end

    def query(
        self,
        measures: Iterable[str],
        by: Iterable[str] = (),
        *,
        period: Period | None = None,
        compare: Iterable[str] = (),
        ignoring: str = "",
        limit: int | None = None,
        order: Iterable[tuple[str, str]] = (),
    ) -> Query:
        """A question under the board's filters that the model knows; `ignoring` leaves out that on one dimension."""
        known = self.model.dimensions_by_name
        where = {name: values for name, values in self.where.items() if name != ignoring and name in known}
        return Query(
            self.model, tuple(measures), tuple(by), where, period or self.period, tuple(compare), tuple(order), limit
        )

    def window(self, least: int = CONTEXT_DAYS) -> Period:
        """The period, drawn out to the past to at least `least` days so that a line has something to show."""
        start = min(self.period.start, self.period.end - dt.timedelta(days=least - 1))
        return Period(max(start, min(self.span.first, self.period.start)), self.period.end)

    def choice(self, slug: str, switch: str, default: str) -> str:
        return self.choices.get(f"{slug}.{switch}", default)

    def address(self, **changes: Any) -> str:
        """The query string of this scope with parameters changed (None removes one)."""
        pairs = {**self.parameters, **changes}
        return urlencode([(k, v) for k, values in pairs.items() if values is not None for v in _many(values)])

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The address as parameters, canonical: equal scopes give equal text."""
        own: dict[str, Any] = {
            "period": str(self.period) if self.preset == "custom" else self.preset,
            "base": self.base,
        }
        own |= {"model": self.about} if self.about else {}
        return {**own, **dict(sorted(self.where.items())), **dict(sorted(self.choices.items()))}

    @property
    def kept(self) -> dict[str, tuple[str, ...]]:
        """Everything of the address but the period, for a form that asks for another one."""
        return {name: _many(values) for name, values in self.parameters.items() if name != "period"}

    def name_of(self, dimension: str, value: Any) -> str:
        """How a value of a dimension is written on screen."""
        labels = self.model.dimension(dimension).values
        if value in labels:
            return str(labels[value])
        return str(value) if value not in (None, "") else _("(empty)")


def read_scope(
    board: Board, parameters: QueryDict, principal: Principal, span: Span, language: str, theme: str = "page"
) -> Scope:
    """The scope of an address; `BadAddress` for whatever the board does not offer."""
    preset, period = _period(parameters, span, board.usual)
    base = parameters.get("base") or usual_base(period)
    if base not in COMPARISONS:
        raise BadAddress("base", _("This comparison does not exist."))
    where: dict[str, tuple[str, ...]] = {}
    choices: dict[str, str] = {}
    offered, filters = board.offered_choices, board.filter_names
    for name, values in parameters.lists():
        if name in filters:
            kind = board.semantic_model.dimension(name).kind
            where[name] = tuple(dict.fromkeys(_safe(name, v, kind) for v in values if v != ""))
        elif name in offered:
            choices[name] = _offered(name, values[-1], offered[name])
        elif name not in _OWN:
            raise BadAddress("address", _("“%(name)s” is nothing this page knows.") % {"name": name[:40]})
    where = {name: values for name, values in where.items() if values}
    about = _offered("model", parameters.get("model") or board.model, board.models)
    return Scope(board, principal, span, language, preset, period, base, where, choices, theme=theme).on(about)


def _offered(name: str, value: str, known: Iterable[str]) -> str:
    if value not in known:
        raise BadAddress(name, _("“%(value)s” is not one of the choices.") % {"value": value[:40]})
    return value


def _safe(name: str, value: str, kind: Kind) -> str:
    whole = value.isascii() and value.isdigit() and len(value) < 10
    if len(value) > 200 or "\0" in value or (kind is Kind.INTEGER and not whole):
        raise BadAddress(name, _("This value cannot be looked for."))
    return value


def _period(parameters: QueryDict, span: Span, usual: str) -> tuple[str, Period]:
    name = parameters.get("period") or usual
    if name == "custom":
        return _custom(parameters.get("from", ""), parameters.get("to", ""), span)
    if name in PRESETS:
        return name, _preset(name, span.latest)
    try:
        return "custom", parse_period(name)
    except BadInput as error:
        raise BadAddress("period", error.detail) from None


def _custom(start: str, end: str, span: Span) -> tuple[str, Period]:
    try:
        first = dt.date.fromisoformat(start) if start else span.latest
        last = dt.date.fromisoformat(end) if end else max(first, span.latest)
    except ValueError:
        raise BadAddress("period", _("Write both days as a date, such as 2025-02-14.")) from None
    return "custom", Period(min(first, last), max(first, last))


def _preset(name: str, latest: dt.date) -> Period:
    if name in _PRESET_DAYS:
        return Period(latest - dt.timedelta(days=_PRESET_DAYS[name] - 1), latest)
    if name == "month":
        return Period(latest.replace(day=1), latest)
    if name == "last-month":
        last = latest.replace(day=1) - dt.timedelta(days=1)
        return Period(last.replace(day=1), last)
    if name == "quarter":
        return Period(latest.replace(month=(latest.month - 1) // 3 * 3 + 1, day=1), latest)
    return Period(latest, latest)


def usual_base(period: Period) -> str:
    """What a period is compared with unless the address says otherwise: the same weekday, from a week on the month."""
    return "w1" if (period.end - period.start).days < 7 else "m1"


def _many(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)
