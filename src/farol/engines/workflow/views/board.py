"""The records of a kind as cards in the columns of their states."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from farol.core.errors import NotFound
from farol.engines.workflow import lists
from farol.engines.workflow.flow import State, Transition
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.web.lists import Board, Lane

CARDS = 15
VALUES = 3  # columns of the list that a card shows
COMMON = ("number", "state", "deadline", "owner", "created", "changed")


@require_safe
def show(request: HttpRequest, module: Module) -> HttpResponseBase:
    """The first cards of each state, with search and filters of the list; the rest is a link away."""
    if not module.board:
        raise NotFound("")
    principal = asker_of(request)
    declared = lists.list_for(module, principal)
    board = Board(
        declared,
        request,
        lists.rows_for(module, principal),
        [Lane(state.name, state.label, state.tone) for state in _states(module, request.GET.get("state", ""))],
        narrow=lambda rows, name: lists.in_state(module, rows, name),
        of=lambda record: module.state(record).name,
        cards=CARDS,
    )
    context = {
        "module": module,
        "list": board,
        "columns": [
            {"shown": column, "cards": [_card(module, row, principal) for row in column.rows]}
            for column in board.columns
        ],
        "list_url": reverse(f"{module.name}:list"),
    }
    return render(request, "workflow/board.html", context)


def _states(module: Module, chosen: str) -> list[State]:
    names = {state.name for state in module.shown_states}
    if chosen in names:
        return [state for state in module.shown_states if state.name == chosen]
    return [state for state in module.shown_states if chosen != lists.OPEN or not state.final]


def _card(module: Module, row: Any, principal: Principal) -> dict[str, Any]:
    record: Case = row.object
    title = module.title(record)
    own = [cell for cell in row.cells if cell.column.name not in COMMON]
    filled = [cell for cell in own if cell.value not in (None, "") and str(cell.value) not in title]
    return {
        "record": record,
        "url": row.url,
        "title": title,
        "cells": filled[:VALUES],
        "deadline": lists.draw_deadline(record, record.deadline) if record.deadline else "",
        "steps": [_step(module, step) for step in module.flow.transitions if _may(step, record, principal)],
    }


def _step(module: Module, step: Transition) -> dict[str, Any]:
    """An action that asks for something leads to the record's page."""
    return {"step": step, "asks": bool(step.reason or step.danger or step.name in module.asks)}


def _may(step: Transition, record: Case, principal: Principal) -> bool:
    return not step.system and record.status in step.sources and principal.may(step.permission)
