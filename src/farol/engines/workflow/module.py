"""A kind of record as its room declares it; list, pages, REST, import and print are made from this.

MODULES = [Module(name="payables", ...)]      in the room's `modules.py`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from farol.core.errors import NotFound
from farol.engines.workflow.flow import Flow, State
from farol.engines.workflow.forms import Asked, CaseForm
from farol.engines.workflow.models import Case
from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect
from farol.platform.web.lists import Column, Filter
from farol.platform.web.lists.searching import Search

SOME_NUMBER = "XX-0000-000000"


@dataclass(frozen=True)
class Fact:
    """One line of a detail page. `kind` as in `lists.Column`."""

    label: Any
    value: Any
    kind: str = "text"
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """A group of them."""

    title: Any
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Section:
    """A further part of a detail page; `context(record, principal)` None leaves it out. `side`: in the right column.

    `printed(context)` gives the rows of the part on paper, texts all of them, of which the last column is an amount.

    Rooms above add to other rooms' pages: `SECTIONS = [("warranties", Section(...))]` in their `sections.py`.
    """

    name: str
    title: Any
    template: str
    context: Callable[[Any, Principal], dict[str, Any] | None]
    side: bool = False
    printed: Callable[[dict[str, Any]], list[tuple[str, ...]]] | None = None


@dataclass(frozen=True)
class Spawn:
    """A record that may be opened out of another, filled in as far as known (`SPAWNS` in a room's `spawns.py`).

    `after(source, new, principal)` runs in the transaction that saves the new one and connects the two.
    """

    source: str
    target: str
    label: Any
    initial: Callable[[Any], dict[str, Any]]
    after: Callable[[Any, Any, Principal], None] | None = None


@dataclass(frozen=True)
class Module:
    """`create(principal, values)` and `change(record, principal, values, version)` are the services behind the form;
    `initial(record)` is what the form shows of a record; `item(record, principal)` is what REST tells beside number,
    status and versions. `rows(principal)` are the records that the person may know of, with what the list needs.

    `view` and `work` are permissions: to see, and to create and change. `state(record)` is the state shown where that
    is derived, `narrow(rows, state)` its filter. `asks` names the form of the data that an action takes.
    """

    name: str
    model: type[Case]
    label: Any
    plural: Any
    prefix: str
    path: str
    icon: str
    order: int
    view: str
    work: str
    form: type[CaseForm] | None
    rows: Callable[[Principal], QuerySet]
    columns: tuple[Column, ...]
    item: Callable[[Any, Principal], dict[str, Any]]
    facts: Callable[[Any, Principal], list[Facts]]
    create: Callable[[Principal, dict[str, Any]], Case] | None = None
    change: Callable[[Any, Principal, dict[str, Any], int], Case] | None = None
    initial: Callable[[Any], dict[str, Any]] | None = None
    title: Callable[[Any], str] = str
    search: Search = ("^number",)
    filters: tuple[Filter, ...] = ()
    sort: str = "-created"
    asks: Mapping[str, type[Asked]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    state: Callable[[Any], State] = lambda record: record.state
    states: tuple[State, ...] = ()
    narrow: Callable[[QuerySet, str], QuerySet] | None = None
    importable: bool = True
    import_right: str = "import"
    board: bool = True
    group: str = "aftersales"

    @property
    def flow(self) -> Flow:
        return self.model.flow

    @property
    def shown_states(self) -> tuple[State, ...]:
        return self.states or self.flow.states

    def url(self, record: Case, page: str = "detail") -> str:
        return _address(self.name, page).replace(SOME_NUMBER, record.number)

    def get(self, number: str, principal: Principal) -> Any:
        """The record, or `NotFound`, the same for one that is unknown and one that is out of sight."""
        found = self.rows(principal).filter(number=number).first() if "\0" not in number else None
        if found is None:
            raise NotFound("")
        return found


@cache
def _address(module: str, page: str) -> str:
    """Looked up once: a list has a link in every row."""
    return reverse(f"{module}:{page}", args=[SOME_NUMBER])


def workers(module: Module) -> tuple[str, ...]:
    """The permissions of which each lets somebody change something about these records."""
    acting = [t.permission for t in module.flow.transitions if not t.system]
    editing = [module.flow.edit.permission] if module.flow.edit else []
    return tuple(dict.fromkeys([module.work, *editing, *acting]))


def modules() -> dict[str, Module]:
    """All kinds of record by name."""
    return {module.name: module for module in collect("modules", "MODULES")}


def get_module(name: str) -> Module:
    """`KeyError` for a name nobody declares."""
    return modules()[name]


def module_of(reference: str) -> Module | None:
    """The module of `warranties:17`; None where it is not one of a module."""
    return modules().get(reference.partition(":")[0])


def record_of(reference: str) -> Any:
    """The record itself, whoever asks; None if it is gone or is of no module."""
    module = module_of(reference)
    return module and module.model._default_manager.filter(pk=reference.partition(":")[2]).first()
