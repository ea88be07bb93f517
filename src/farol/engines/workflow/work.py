"""A person's day: what is due, and what waits for a decision that they may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from farol.engines.workflow import deadlines, deeds, lists
from farol.engines.workflow.engine import allowed
from farol.engines.workflow.flow import State
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module, modules
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Status

MOST = 100  # up to here things are counted
LOOKED_AT = 30  # of the oldest that wait in a state, so many are asked whether this very person may act


@dataclass(frozen=True)
class Due:
    """One record of the person's whose deadline is near."""

    record: Case
    module: Module
    title: str
    url: str
    deadline: Status
    state: Status


@dataclass(frozen=True)
class Waiting:
    """Records in one state that wait for the person; `count` stops at `MOST`."""

    module: Module
    state: State
    count: int
    url: str

    @property
    def more(self) -> bool:
        return self.count > MOST


def due(principal: Principal, most: int) -> list[Due]:
    """The person's own records that are overdue or due today or soon, the oldest deadline first."""
    found: list[Due] = []
    for module in _visible(principal):
        mine = module.rows(principal).filter(owner=principal.user_id or 0)
        found += [_due(module, record) for record in deadlines.narrow(mine, "near").order_by("deadline")[:most]]
    return sorted(found, key=lambda one: (one.record.deadline, one.record.pk))[:most]


def _due(module: Module, record: Case) -> Due:
    shown = deadlines.status(record) or Status("")
    return Due(record, module, module.title(record), module.url(record), shown, lists.state_of(module, record))


def waiting(principal: Principal) -> list[Waiting]:
    """States from which the person may lead on, and of which at least one record lets this very person."""
    return [
        Waiting(module, state, count, f"{reverse(f'{module.name}:list')}?state={state.name}")
        for module in _visible(principal)
        for state in module.flow.states
        if not state.final and _may_act(module, state.name, principal)
        if (count := _count(module, state.name, principal))
    ]


def _visible(principal: Principal) -> list[Module]:
    """What has a board is work; the others are registers, in which nothing waits."""
    return [module for module in modules().values() if module.board and principal.may(module.view)]


def _may_act(module: Module, state: str, principal: Principal) -> bool:
    """A cancellation is possible everywhere: it is nothing that waits. Nor is what leaves the state as it is, unless
    another system's answer leads on from there."""
    steps = [step for step in module.flow.transitions if state in step.sources]
    finals = {s.name for s in module.flow.states if s.final}
    answered = any(step.system and step.target and step.target not in finals for step in steps)
    return any(
        (step.target or answered) and not step.system and not step.danger and principal.may(step.permission)
        for step in steps
    )


def _count(module: Module, state: str, principal: Principal) -> int:
    """Where all of the oldest are barred for this person (four eyes), none waits for them."""
    rows = module.rows(principal).filter(status=state)
    oldest = list(rows.order_by("pk")[: LOOKED_AT + 1])
    deeds.remember(oldest)
    mine = [record for record in oldest[:LOOKED_AT] if _lets(record, principal)]
    if len(oldest) <= LOOKED_AT:
        return len(mine)
    return _capped(rows) if mine else 0


def _lets(record: Case, principal: Principal) -> bool:
    return any(not one.refusal and not one.transition.danger for one in allowed(record, principal))


def _capped(rows: QuerySet) -> int:
    return rows.order_by().values("pk")[: MOST + 1].count()


def summary(principal: Principal) -> dict[str, Any]:
    return {"due": due(principal, 50), "waiting": waiting(principal)}
