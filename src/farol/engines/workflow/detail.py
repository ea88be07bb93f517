"""What the page of one record shows beside its facts: what can be done, what belongs to it, whose it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from farol.engines.workflow import links, lists
from farol.engines.workflow.engine import Action, allowed
from farol.engines.workflow.flow import Transition
from farol.engines.workflow.forms import Asked
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module, Section, Spawn, modules
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal, principal_of
from farol.platform.apps import collect
from farol.platform.web.lists import Status
from farol.platform.web.widgets import dress


@dataclass(frozen=True)
class Attempt:
    """An action that was refused: what was typed comes back, with the sentence beside it."""

    action: str
    sentence: Any
    reason: str = ""
    form: Asked | None = None


@dataclass(frozen=True)
class Offer:
    """One action as the page offers it: at once, or (`asks`) after a form or a question."""

    transition: Transition
    refusal: str = ""
    form: Asked | None = None
    reason: str = ""
    sentence: Any = ""
    attempted: bool = False
    primary: bool = False

    @property
    def asks(self) -> bool:
        return bool(self.form or self.transition.reason or self.transition.danger)


def asked(module: Module, action: str, data: Any = None, files: Any = None, record: Case | None = None) -> Asked | None:
    """The form of the data that an action takes, None where it takes none; without a record it asks about many."""
    kind = module.asks.get(action)
    if kind is None:
        return None
    form = kind(data, files, auto_id=f"{action}_%s")
    if record is not None:
        form.about(record)
    dress(form)
    return form


def offers(module: Module, record: Case, principal: Principal, attempt: Attempt | None = None) -> list[Offer]:
    """What the person may do now; an attempt that is no longer possible is shown once more, with why."""
    found = [_offer(module, record, action, attempt) for action in allowed(record, principal)]
    tried = attempt and module.flow.actions.get(attempt.action)
    if attempt and tried and attempt.action not in {offer.transition.name for offer in found}:
        gone = Offer(tried, str(attempt.sentence), attempt.form, attempt.reason, attempt.sentence, attempted=True)
        found.append(gone)
    return _in_order(found)


def _in_order(found: list[Offer]) -> list[Offer]:
    """What is possible first, then what asks back twice, then what is barred; the first of all stands out."""
    ordered = sorted(found, key=lambda offer: (bool(offer.refusal), offer.transition.danger))
    if ordered and not ordered[0].refusal and not ordered[0].transition.danger:
        ordered[0] = replace(ordered[0], primary=True)
    return ordered


def _offer(module: Module, record: Case, action: Action, attempt: Attempt | None) -> Offer:
    step = action.transition
    if attempt and attempt.action == step.name:
        form = attempt.form or asked(module, step.name, record=record)
        return Offer(step, action.refusal, form, attempt.reason, attempt.sentence, attempted=True)
    return Offer(step, action.refusal, asked(module, step.name, record=record))


@dataclass(frozen=True)
class Part:
    """A section as it is drawn."""

    name: str
    title: Any
    template: str
    context: dict[str, Any]


def parts(module: Module, record: Case, principal: Principal, *, side: bool) -> list[Part]:
    """The module's own sections, then those of rooms above."""
    shown = [section for section in sections(module) if section.side is side]
    drawn = ((section, section.context(record, principal)) for section in shown)
    return [Part(s.name, s.title, s.template, context) for s, context in drawn if context is not None]


def sections(module: Module) -> list[Section]:
    """Its own, then those of rooms above."""
    return [*module.sections, *(section for name, section in collect("sections", "SECTIONS") if name == module.name)]


@dataclass(frozen=True)
class Neighbour:
    """A linked record; without a number where the person may not open it."""

    kind: Any
    icon: str
    number: str = ""
    title: str = ""
    url: str = ""
    state: Status | None = None


def neighbours(record: Case, principal: Principal) -> list[Neighbour]:
    """The linked records, in the order of linking; one query per kind of record."""
    references = list(dict.fromkeys(linked.record for linked in links.of(record)))
    wanted: dict[str, list[str]] = defaultdict(list)
    for reference in references:
        name, _colon, key = reference.partition(":")
        wanted[name].append(key)
    seen: dict[str, Neighbour] = {}
    known = modules()
    for name, keys in wanted.items():
        if name in known and principal.may(known[name].view):
            seen |= _visible(known[name], keys, principal)
    return [
        seen.get(r) or Neighbour(known[name].label, known[name].icon)
        for r in references
        if (name := r.partition(":")[0]) in known
    ]


def _visible(module: Module, keys: list[str], principal: Principal) -> dict[str, Neighbour]:
    rows = module.rows(principal).prefetch_related(None).filter(pk__in=[key for key in keys if key.isdecimal()])
    return {
        row.reference: Neighbour(
            module.label, module.icon, row.number, module.title(row), module.url(row), lists.state_of(module, row)
        )
        for row in rows
    }


def spawns(module: Module, principal: Principal) -> list[Spawn]:
    """What may be opened out of such a record."""
    known = modules()
    return [
        spawn
        for spawn in collect("spawns", "SPAWNS")
        if spawn.source == module.name and spawn.target in known and principal.may(known[spawn.target].work)
    ]


def candidates(module: Module, record: Case | None) -> list[tuple[int, str]]:
    """Id and name of active people who may see these records, and of whoever has this one now."""
    held = {module.view, f"{module.view}:own"}
    found: dict[int, str] = {}
    if record is not None and record.owner_id:
        found[record.owner_id] = str(record.owner)
    people = User.objects.filter(is_active=True).order_by("name", "pk")
    for pk, name, email, rights in people.values_list("pk", "name", "email", "roles__rights"):
        if held & set(rights or ()):
            found[pk] = name or email
    return sorted(found.items(), key=lambda one: one[1].casefold())


def may_own(module: Module, user: User) -> bool:
    return user.is_active and principal_of(user).may(module.view)
