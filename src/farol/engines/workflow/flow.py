"""Declarations: the states of a record and the explicit table of transitions between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from farol.core.errors import Refused
from farol.platform.accounts.principal import Principal
from farol.platform.accounts.rights import CATALOGUE

Guard = Callable[[Any, Principal], Any]
"""None, or the sentence that says why this record cannot go this way now."""
Accept = Callable[[Any, Principal, Mapping[str, Any]], dict[str, Any]]
"""Checks the data of an action and gives the columns to set beside the status; raises `BadInput`."""
Effect = Callable[[Any, Any], None]
"""Runs in the transaction, after the change, with the record and the `Act`: outbox messages, further records."""


class TransitionRefused(Refused):
    """The record is not in a state from which, or in a shape in which, this action is possible."""

    code = "transition_refused"


@dataclass(frozen=True)
class State:
    """`tone` is neutral, info, success, warning or danger; nothing leads on from a `final` state by itself."""

    name: str
    label: Any
    tone: str = "neutral"
    final: bool = False


@dataclass(frozen=True)
class Transition:
    """One action: who may do it, from which states, to which one (`None`: it stays where it is).

    `system` actions are not for people. `danger` asks first, with `consequence` in words.
    """

    name: str
    label: Any
    sources: tuple[str, ...]
    target: str | None
    permission: str
    reason: bool = False
    guard: Guard | None = None
    accept: Accept | None = None
    effect: Effect | None = None
    system: bool = False
    danger: bool = False
    consequence: Any = ""
    icon: str = "point"


@dataclass(frozen=True)
class Edit:
    """Who may change the fields of a record, and in which states."""

    permission: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """The first of `states` is where a record begins. `owns` tells whose record it is, for rights to one's own rows;
    `sees` who may know of a record at all: to others it does not exist.

    `ValueError` for a table that names what does not exist, or a state that no path reaches.
    """

    name: str
    label: Any
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    owns: Callable[[Any, Principal], bool] | None = None
    sees: Callable[[Any, Principal], bool] | None = None
    edit: Edit | None = None

    def __post_init__(self) -> None:
        names = set(self.by_name)
        if len(names) != len(self.states) or len(self.actions) != len(self.transitions):
            raise ValueError(f"{self.name}: a name is used twice")
        for t in self.transitions:
            if not t.sources or not {*t.sources, t.target or t.sources[0]} <= names:
                raise ValueError(f"{self.name}.{t.name}: names a state that does not exist")
            CATALOGUE[t.permission]
        if self.edit and not set(self.edit.states) <= names:
            raise ValueError(f"{self.name}: editing names a state that does not exist")
        if lost := names - self.reachable:
            raise ValueError(f"{self.name}: no path leads to {', '.join(sorted(lost))}")

    @cached_property
    def by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def actions(self) -> dict[str, Transition]:
        return {transition.name: transition for transition in self.transitions}

    @property
    def initial(self) -> str:
        return self.states[0].name

    @cached_property
    def open_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if not state.final)

    @cached_property
    def reachable(self) -> frozenset[str]:
        found, queue = {self.initial}, [self.initial]
        while queue:
            at = queue.pop()
            onward = {t.target for t in self.transitions if at in t.sources and t.target} - found
            found |= onward
            queue += onward
        return frozenset(found)

    def constraint(self) -> models.CheckConstraint:
        """For the model's `Meta.constraints`: the database refuses a state that the table does not know."""
        names = [state.name for state in self.states]
        return models.CheckConstraint(condition=models.Q(status__in=names), name=f"{self.name}_status")


def mine(record: Any, principal: Principal) -> bool:
    """A case belongs to who opened it, and to who has it now."""
    return principal.user_id is not None and principal.user_id in (record.owner_id, record.created_by_id)


def own_only(permission: str, owns: Callable[[Any, Principal], bool]) -> Callable[[Any, Principal], bool]:
    """For `Flow.sees`: who holds the right for own rows only knows of no others."""
    return lambda record, principal: not principal.own_only(permission) or owns(record, principal)


def not_by(action: str, sentence: Any) -> Guard:
    """Four eyes: a guard that refuses whoever did `action` last on this record, whatever their roles."""

    def guard(record: Any, principal: Principal) -> Any:
        from farol.engines.workflow.deeds import last_by

        person = last_by(record, action)
        return sentence if person is not None and person == principal.user_id else None

    return guard
