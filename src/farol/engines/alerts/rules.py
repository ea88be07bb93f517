"""What an area watches: declared in its `alerts.py` as `RULES`, read by everything else from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core.errors import NotFound
from farol.engines.metrics.model import SemanticModel, get_model
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect

RANGE = gettext_lazy("Expected range")


@dataclass(frozen=True)
class AreaRules:
    """The watch over one semantic model.

    The first of `measures` is the weight: it tells how much a segment matters and prices every change. Each value of
    `dimensions` is watched, pairs of values where they carry `pair_share` of the weight, and `crosses` where they carry
    `least_share`. A change counts if it is at least `least_change` of what was expected and prices at `least_share` of
    the whole. `false_share` is the share of false alarms that is put up with. `classic_segment` and `classic_measures`
    are what the rule of the 28-day mean looks at.
    """

    area: str
    label: Any
    model: str
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    crosses: tuple[tuple[str, ...], ...] = ()
    classic_segment: tuple[str, ...] = ()
    classic_measures: tuple[str, ...] = ()
    board: str = ""
    pair_share: float = 0.01
    least_share: float = 0.001
    least_change: float = 0.05
    false_share: float = 0.05
    title = RANGE
    names = ("expected", "classic")

    @property
    def weight(self) -> str:
        return self.measures[0]

    @property
    def semantic_model(self) -> SemanticModel:
        return get_model(self.model)

    @property
    def permission(self) -> str:
        """Who may see this area at all."""
        return self.semantic_model.permission

    @property
    def dataset(self) -> str:
        return self.semantic_model.dataset

    @property
    def groupings(self) -> tuple[tuple[str, ...], ...]:
        """Every set of dimensions whose values are watched, fewest first."""
        singles = tuple((name,) for name in self.dimensions)
        return tuple(dict.fromkeys((*singles, *combinations(self.dimensions, 2), *self.crosses)))


@dataclass(frozen=True)
class WeekRules:
    """The watch over figures too few for a range of every day: the last days against the same ones of the weeks before.

    The last `spans` days (1: the day itself; 7: a week) are compared, of everything together and of each value of
    `dimensions`, where `least` of `pieces` (a measure) are usual in them. Of the `measures` that moved in one segment,
    the first stands for all. A change counts from `least_change` of what was expected; `false_share` is the share of
    false alarms that is put up with.
    """

    area: str
    label: Any
    name: str
    title: Any
    model: str
    measures: tuple[str, ...]
    pieces: str
    dimensions: tuple[str, ...] = ()
    spans: tuple[int, ...] = (7,)
    board: str = ""
    least: int = 8
    least_change: float = 0.3
    false_share: float = 0.05

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)

    @property
    def semantic_model(self) -> SemanticModel:
        return get_model(self.model)

    @property
    def permission(self) -> str:
        return self.semantic_model.permission

    @property
    def dataset(self) -> str:
        return self.semantic_model.dataset


@dataclass(frozen=True)
class Held:
    """Something that a condition found: about what (part of the case's identity), with what it takes to say it."""

    subject: Mapping[str, str]
    params: Mapping[str, Any]
    impact: Decimal | None = None


@dataclass(frozen=True)
class Condition:
    """Something that holds on a morning or does not. `find` is asked with the day before; `headline` and `sentence` put
    what it kept into words; `page` (the name of an address) is where one looks further."""

    area: str
    label: Any
    name: str
    title: Any
    dataset: str
    permission: str
    find: Callable[[dt.date], Sequence[Held]]
    headline: Callable[[Mapping[str, Any]], str] = field(repr=False)
    sentence: Callable[[Mapping[str, Any]], str] = field(repr=False)
    page: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,)


Rules = AreaRules | WeekRules | Condition


def all_rules() -> dict[str, tuple[Rules, ...]]:
    """The rules of every area, by its name."""
    found: dict[str, tuple[Rules, ...]] = {}
    for rules in collect("alerts", "RULES"):
        found[rules.area] = (*found.get(rules.area, ()), rules)
    return found


def rules_of(area: str) -> tuple[Rules, ...]:
    """`NotFound`, with the areas there are, for an unknown one."""
    known = all_rules()
    if area not in known:
        raise NotFound(
            _("There are no alerts for “%(area)s”. Known: %(known)s.") % {"area": area[:40], "known": ", ".join(known)}
        )
    return known[area]


def rules_for(area: str, name: str) -> Rules:
    """The rules that go by this name in an area; its first ones where none does (the data that stopped)."""
    rules = rules_of(area)
    return next((found for found in rules if name in found.names), rules[0])


def visible_areas(principal: Principal) -> list[str]:
    """The areas whose figures the person may see."""
    return [area for area, rules in all_rules().items() if principal.may(rules[0].permission)]
