"""What the command palette finds among records: a number, or another value that an index knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from farol.core import clock
from farol.engines.workflow.module import Module, modules
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists.searching import find
from farol.platform.web.search import Hit

MOST = 4


def records(principal: Principal, text: str) -> Iterator[Hit]:
    """Each kind of record that the person may see; no table is ever read through."""
    for module in modules().values():
        if principal.may(module.view):
            for record in _found(module, principal, text):
                title = module.title(record)
                label = record.number if title == record.number else f"{record.number} · {title}"
                yield Hit(label, module.url(record), str(module.label))


def _found(module: Module, principal: Principal, text: str) -> list[Any]:
    """The last digits of a number alone (`123`) mean this year's record or the last one's."""
    rows = module.rows(principal)
    if text.isdecimal() and len(text) <= 6:
        years = (clock.today().year, clock.today().year - 1)
        same = list(rows.filter(number__in=[f"{module.prefix}-{year}-{int(text):06d}" for year in years]))
        if same:
            return same
    if callable(module.search):
        return list(find(rows, module.search, text).order_by("-pk")[:MOST])
    indexed = tuple(field for field in module.search if field[0] in "^=")
    return list(find(rows, indexed, text).order_by("-pk")[:MOST]) if indexed else []


PROVIDERS = [records]
