"""What the templates of a board are given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from farol.core import clock, formats
from farol.engines.dashboards import kept, palette, tables
from farol.engines.dashboards.answers import Answered
from farol.engines.dashboards.board import Row, Switch
from farol.engines.dashboards.cards import common as words
from farol.engines.dashboards.models import SavedView
from farol.engines.dashboards.scope import BASES, PRESETS, Scope, Span, usual_base
from farol.engines.metrics import Measure, Query, Result, Unit
from farol.engines.sources.stands import sentence

UNITS = {
    Unit.BRL: gettext_lazy("reais"),
    Unit.COUNT: gettext_lazy("count"),
    Unit.PERCENT: gettext_lazy("percent"),
    Unit.NUMBER: gettext_lazy("number"),
}
_NO_MARKUP = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


@dataclass(frozen=True)
class Link:
    label: Any
    address: str
    current: bool = False


@dataclass(frozen=True)
class Shown:
    """A card ready for its template; `scope` is the board's, `seen` asks the card's own model."""

    scope: Scope
    answered: Answered

    @cached_property
    def seen(self) -> Scope:
        return self.scope.on(self.card.model or self.scope.board.model)

    @property
    def rows_address(self) -> str:
        """The rows behind the card's figures."""
        return self.seen.address()

    @property
    def ignored(self) -> str:
        """The filters that do not reach this card, in words."""
        return ", ".join(self.seen.ignored)

    @property
    def card(self) -> Any:
        return self.answered.card

    @property
    def drawing(self) -> Any:
        return self.answered.drawing

    @property
    def failure(self) -> str:
        return self.answered.failure

    @property
    def empty(self) -> bool:
        """Nothing to show and nothing failed."""
        drawing = self.answered.drawing
        return drawing is not None and not (drawing.option or drawing.body or drawing.table)

    @property
    def units(self) -> str:
        """The units of the figures of the card, in words."""
        return ", ".join(dict.fromkeys(str(UNITS[measure.unit]) for measure in self.definitions))

    @cached_property
    def definitions(self) -> list[Measure]:
        return [self.seen.model.measure(name) for name in self.card.measures]

    @cached_property
    def chart(self) -> SafeString:
        """What the page's script draws and what a click on each element filters by, as JSON that is safe in a page."""
        unit = self.drawing.unit or self.definitions[0].unit.value
        data = {"option": self.drawing.option, "picks": self.drawing.picks, "unit": unit}
        return mark_safe(json.dumps(data, separators=(",", ":")).translate(_NO_MARKUP))  # noqa: S308

    @cached_property
    def table(self) -> SafeString:
        return tables.as_html(self.drawing.table, self.scope, str(self.card.title))

    @property
    def switches(self) -> list[tuple[Switch, list[Link]]]:
        return [(switch, self._links(switch)) for switch in self.card.switches]

    def _links(self, switch: Switch) -> list[Link]:
        name, chosen = f"{self.card.slug}.{switch.name}", self.card.chosen(self.scope, switch.name)
        return [
            Link(label, self.scope.address(**{name: value}), value == chosen) for value, label in switch.choices.items()
        ]


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class FilterMenu:
    """One dimension of the filter bar: its values, the chosen ones first in the label."""

    name: str
    label: Any
    choices: Sequence[Choice]
    clear: str

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.chosen]


def filter_menus(scope: Scope) -> list[FilterMenu]:
    """The values that the last quarter's data hold for each dimension, and those chosen even if they hold no more."""
    names = scope.board.filters
    period = scope.window(91)
    measure = next(m.name for m in scope.model.measures if m.additive)
    found = kept.answers_of(scope, [Query(scope.model, [measure], [name], period=period) for name in names])
    return [
        _menu(scope, name, [row[name] for row in result.rows])
        for name, result in zip(names, found, strict=True)
        if isinstance(result, Result)
    ]


def _menu(scope: Scope, name: str, values: Iterable[Any]) -> FilterMenu:
    chosen = scope.where.get(name, ())
    known = {str(v): v for v in values}
    order = sorted(known, key=lambda text: (not isinstance(known[text], int), known[text]))
    every = [*order, *(v for v in chosen if v not in known)]
    choices = [Choice(text, scope.name_of(name, known.get(text, text)), text in chosen) for text in every]
    return FilterMenu(name, scope.model.dimension(name).label, choices, scope.address(**{name: None}))


def presets(scope: Scope) -> list[Link]:
    """The usual periods. A base that is only the usual one of this period gives way to that of the next."""
    base = None if scope.base == usual_base(scope.period) else scope.base
    return [
        Link(label, scope.address(period=name, base=base), name == scope.preset)
        for name, label in PRESETS.items()
        if name != "custom"
    ]


def period_words(scope: Scope) -> str:
    """The period in words; one day with its kind."""
    period = scope.period
    if period.one_day:
        return f"{formats.date(period.start, scope.language)} · {words.describe(period.start, scope)}"
    return words.span_name(period.start, period.end, scope.language)


def grid(scope: Scope, rows: Sequence[Row], answered: Iterable[Answered]) -> list[dict[str, Any]]:
    """The rows of the board with their cards as `Shown`."""
    shown = {found.card.slug: Shown(scope, found) for found in answered}
    return [{"title": row.title, "cards": [shown[card.slug] for card in row.cards]} for row in rows]


@dataclass(frozen=True)
class SavedLink:
    """A saved view as the menu lists it."""

    view: SavedView
    link: str
    short_link: str
    delete: str
    mine: bool
    current: bool

    @property
    def name(self) -> str:
        return self.view.name


def saved_links(scope: Scope, current: SavedView | None, request: HttpRequest) -> list[SavedLink]:
    """One's own views and those shared by colleagues; `short_link` is what one sends to somebody."""
    space, found = scope.board.namespace, SavedView.objects.filter(board=scope.board.slug)
    links = []
    for view in found.visible_to(scope.principal).select_related("owner"):
        short = reverse(f"{space}:view", args=[view.code])
        delete = reverse(f"{space}:delete_view", args=[view.code])
        mine, is_current = view.owner_id == scope.principal.user_id, current is not None and view.pk == current.pk
        links.append(SavedLink(view, short, request.build_absolute_uri(short), delete, mine, is_current))
    return links


def common(scope: Scope) -> dict[str, Any]:
    """What every page of a board is given."""
    return {
        "board": scope.board,
        "scope": scope,
        "period": period_words(scope),
        "filters": [
            (scope.model.dimension(name).label, [scope.name_of(name, value) for value in values])
            for name, values in scope.where.items()
            if name in scope.model.dimensions_by_name
        ],
        "address": scope.address(),
        "cleared": scope.address(**dict.fromkeys(scope.where)),
        "urls": urls(scope),
        "may_export": scope.principal.may("export"),
        "may_set_goals": scope.principal.may("goals.manage"),
    }


def context(scope: Scope, current: SavedView | None, request: HttpRequest) -> dict[str, Any]:
    """What the page of a board shows around its cards."""
    return {
        "presets": presets(scope),
        "bases": BASES.items(),
        "base_label": BASES[scope.base],
        "menus": filter_menus(scope),
        "carried": [(name, v) for name, values in scope.kept.items() for v in values],
        "views": saved_links(scope, current, request),
        "current_view": current,
        "late": late(scope.span),
        "standing": sentence(scope.board.semantic_model.dataset),
        "palette": palette.THEMES,
    }


def late(span: Span) -> bool:
    """True if the data end before yesterday: the page must say so."""
    return (clock.today() - span.complete_until).days > 1


def urls(scope: Scope) -> dict[str, str]:
    space = scope.board.namespace
    return {name: reverse(f"{space}:{name}") for name in ("board", "rows", "views", "workbook")}
