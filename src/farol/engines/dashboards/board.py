"""What a board is made of: rows of cards, each a question, declared in Python by an area's `dashboard.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from farol.core.errors import NotFound
from farol.engines.dashboards.charts import Option
from farol.engines.dashboards.scope import Scope
from farol.engines.metrics import Query, Result, SemanticModel, get_model
from farol.platform.apps import collect
from farol.platform.exports import Column

Answers = Mapping[str, Result]
Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Switch:
    """A choice inside a card; `choices` maps what the address says to what the button says, the first is the usual."""

    name: str
    label: Any
    choices: Mapping[str, Any]

    @property
    def usual(self) -> str:
        return next(iter(self.choices))


@dataclass(frozen=True)
class Table:
    """The figures of a card as rows: what is read beside a chart, exported, and compared with the rest.

    `filters` has, for each row, what a click on it filters by (an empty mapping where nothing), `links` the page that
    it opens instead. Cells are plain values; `Column.kind` says how they are written. `names` maps a text column to the
    labels of its values; rows whose place is in `faint` are greyed.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    filters: Sequence[Filters] = ()
    names: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    links: Sequence[str] = ()
    faint: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Drawing:
    """What a card shows: a chart and the table that says the same, or `body` for a partial of its own.

    `picks` says what the elements of the chart filter by: `series` by name, `items` by position in the data, `columns`
    and `lines` by the two positions of a cell. `unit` is that of the chart's values where it is not that of the card's
    first measure.
    """

    table: Table | None = None
    option: Option | None = None
    unit: str = ""
    picks: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    receipts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Card:
    """One question and how it is answered.

    `width` is of twelve; `measures` are those whose definition it shows, of the model called `model` where that is not
    the board's; a `tolerant` card is handed the errors of its questions and says itself what is missing.
    """

    slug: str
    title: Any
    measures: tuple[str, ...]
    width: int = 6
    height: str = "medium"
    switches: tuple[Switch, ...] = ()
    partial: str = "dashboards/cards/chart.html"
    tolerant: bool = False
    model: str = ""

    def asks(self, scope: Scope) -> dict[str, Query]:
        """The questions, by a name of the card's own; answered together with those of the other cards."""
        raise NotImplementedError

    def draw(self, scope: Scope, answers: Answers) -> Drawing:
        raise NotImplementedError

    def chosen(self, scope: Scope, switch: str) -> str:
        """The choice made in a switch of this card."""
        usual = next(s.usual for s in self.switches if s.name == switch)
        return scope.choice(self.slug, switch, usual)


@dataclass(frozen=True)
class Row:
    cards: tuple[Card, ...]
    title: Any = ""


@dataclass(frozen=True)
class Board:
    """`filters` are the dimensions of the filter bar; `permission` opens the board; `namespace` is that of its URLs.

    `model` is what the filter bar reads and cards ask unless they name another; `usual` is the preset of the period
    that an address without one means. `beside` tells the state of whatever the cards show that is not in the warehouse,
    such as goals: when it changes, nothing that was kept is shown again.
    """

    slug: str
    label: Any
    model: str
    permission: str
    namespace: str
    filters: tuple[str, ...]
    rows: tuple[Row, ...]
    beside: Callable[[], Any] = lambda: None
    usual: str = "yesterday"

    @property
    def semantic_model(self) -> SemanticModel:
        return get_model(self.model)

    @cached_property
    def cards(self) -> dict[str, Card]:
        return {card.slug: card for row in self.rows for card in row.cards}

    @cached_property
    def models(self) -> frozenset[str]:
        """The models that the board or a card of it asks."""
        return frozenset({self.model, *(card.model for card in self.cards.values() if card.model)})

    @cached_property
    def filter_names(self) -> frozenset[str]:
        return frozenset(self.filters)

    @cached_property
    def offered_choices(self) -> dict[str, frozenset[str]]:
        """Names of the address that cards add, with the values each may have."""
        return {f"{c.slug}.{s.name}": frozenset(s.choices) for c in self.cards.values() for s in c.switches}

    def card(self, slug: str) -> Card:
        if slug not in self.cards:
            raise NotFound("")
        return self.cards[slug]


def get_board(slug: str) -> Board:
    """`NotFound` for an unknown one."""
    for board in collect("dashboard", "BOARDS"):
        if board.slug == slug:
            return board
    raise NotFound("")
