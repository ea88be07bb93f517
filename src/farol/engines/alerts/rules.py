"""What an area watches: declared in its `alerts.py` as `RULES`, read by everything else from here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.core.errors import NotFound
from farol.engines.metrics.model import SemanticModel, get_model
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


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
    def groupings(self) -> tuple[tuple[str, ...], ...]:
        """Every set of dimensions whose values are watched, fewest first."""
        singles = tuple((name,) for name in self.dimensions)
        return tuple(dict.fromkeys((*singles, *combinations(self.dimensions, 2), *self.crosses)))


def all_rules() -> dict[str, AreaRules]:
    """The rules of every area, by its name."""
    return {rules.area: rules for rules in collect("alerts", "RULES")}


def rules_of(area: str) -> AreaRules:
    """`NotFound`, with the areas there are, for an unknown one."""
    known = all_rules()
    if area not in known:
        raise NotFound(
            _("There are no alerts for “%(area)s”. Known: %(known)s.") % {"area": area[:40], "known": ", ".join(known)}
        )
    return known[area]


def visible_rules(principal: Principal) -> list[AreaRules]:
    """The areas whose figures the person may see."""
    return [rules for rules in all_rules().values() if principal.may(rules.permission)]
