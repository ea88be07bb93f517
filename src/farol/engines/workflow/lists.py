"""The list of a kind of record, made from its declaration."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.engines.workflow import deadlines
from farol.engines.workflow.flow import Transition
from farol.engines.workflow.module import Module, workers
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Bulk, Column, Empty, Filter, List, New, Status
from farol.platform.web.lists.cells import NOTHING
from farol.platform.web.templatetags.farol import icon, localdate

OPEN = "open"


def state_of(module: Module, record: Any) -> Status:
    state = module.state(record)
    return Status(state.label, state.tone)


def in_state(module: Module, rows: QuerySet, name: str) -> QuerySet:
    """Records shown in a state, or (`open`) those for which something is still to be done."""
    if name == OPEN and OPEN not in {state.name for state in module.shown_states}:
        return rows.filter(status__in=module.flow.open_states)
    return module.narrow(rows, name) if module.narrow else rows.filter(status=name)


def rows_for(module: Module, principal: Principal) -> QuerySet:
    """Without the items of the records: columns show what the record itself holds of them."""
    return module.rows(principal).select_related("owner").prefetch_related(None)


def list_for(module: Module, principal: Principal) -> List:
    name = module.name
    return List(
        name=name,
        title=module.plural,
        columns=_columns(module),
        search=module.search,
        own=_own,
        reveal_permission="customers.reveal",
        filters=_filters(module, principal),
        order=module.sort,
        row_url=module.url,
        bulk=_bulk(module, principal),
        empty=Empty(
            _("Nothing here yet"),
            _("What is opened here, imported or sent by another system appears in this list."),
            icon=module.icon,
        ),
        new=New(_("New"), f"{name}:new", module.work) if module.create else None,
    )


def draw_number(_record: Any, number: str) -> SafeString:
    return format_html('<span class="case-id">{}</span>', number)


def draw_deadline(record: Any, day: dt.date | None) -> SafeString | str:
    """The day, coloured and with a word on how near it is while something is to be done."""
    if day is None:
        return NOTHING
    due = deadlines.status(record)
    if due is None:
        return localdate(day)
    return format_html(
        '<span class="due tone-{}" title="{}">{}<span>{}</span><span class="visually-hidden">, {}</span></span>',
        *(due.tone, due.label, icon(due.icon), localdate(day), due.label),
    )


def _columns(module: Module) -> tuple[Column, ...]:
    """State and deadline beside the number, in sight on every screen; a column of the module's own replaces the common
    one of the same name."""
    first = (
        Column("number", _("Number"), sort="number", link=True, draw=draw_number),
        Column("state", _("State"), value=lambda record: state_of(module, record), kind="status", sort=_state(module)),
        Column("deadline", _("Deadline"), kind="date", sort="deadline", draw=draw_deadline),
    )
    last = (
        Column("owner", _("Owner"), value=lambda record: str(record.owner) if record.owner else ""),
        Column("created", _("Opened"), value="created_at", kind="datetime", sort="id", shown=False),
        Column("changed", _("Changed"), value="changed_at", kind="datetime", shown=False),
    )
    own = {column.name for column in module.columns}
    before, after = (tuple(c for c in common if c.name not in own) for common in (first, last))
    return before + module.columns + after


def _state(module: Module) -> str:
    return "" if module.states else "status"


def _filters(module: Module, principal: Principal) -> tuple[Filter, ...]:
    states = [(state.name, state.label) for state in module.shown_states]
    if OPEN not in dict(states):
        states.insert(0, (OPEN, pgettext_lazy("records", "Open")))
    owners = (("me", _("Mine")), ("nobody", _("Nobody's")))
    common = (
        Filter("state", _("State"), states, lambda rows, name: in_state(module, rows, name)),
        Filter("owner", _("Owner"), owners, lambda rows, who: _owned(rows, who, principal)),
        Filter("deadline", _("Deadline"), deadlines.CHOICES, deadlines.narrow),
    )
    return common + module.filters


def _own(rows: QuerySet, principal: Principal) -> QuerySet:
    """What somebody with the right to export their own rows takes away."""
    return rows.filter(Q(owner=principal.user_id) | Q(created_by=principal.user_id))


def _owned(rows: QuerySet, who: str, principal: Principal) -> QuerySet:
    return rows.filter(owner=None) if who == "nobody" else rows.filter(owner=principal.user_id or 0)


def _bulk(module: Module, principal: Principal) -> tuple[Bulk, ...]:
    """Every action of a person's, and changing the owner."""
    acts = [_many(module, step) for step in module.flow.transitions if not step.system]
    mine = next((p for p in workers(module) if principal.may(p)), None)
    return (*acts, *([Bulk(_("Change owner"), f"{module.name}:bulk_assign", mine)] if mine else []))


def _many(module: Module, step: Transition) -> Bulk:
    """One that asks for data leads to a page that asks once; there it needs no further question."""
    form, name = module.asks.get(step.name), f"{module.name}:bulk"
    if form is None:
        confirm = step.consequence or (_("Do this with all selected records?") if step.danger else "")
        return Bulk(step.label, name, step.permission, confirm, step.danger, (step.name,), step.reason)
    needed = ", ".join(map(str, form.needed_one_by_one()))
    sentence = _("“%(action)s” is for one record at a time, because this differs: %(fields)s.")
    barred = sentence % {"action": step.label, "fields": needed} if needed else ""
    return Bulk(f"{step.label}…", name, step.permission, "", step.danger, (step.name,), barred=barred)
