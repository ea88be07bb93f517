"""Which rows a list answers with, a page at a time: newest first, and `after` continues below the last one seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.workflow.module import Module
from farol.platform.web.lists.searching import find

USUAL, MOST = 50, 200
DIGITS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Page:
    """`after` is the key of the last row of the page before, 0 at the beginning."""

    after: int
    limit: int

    @classmethod
    def asked(cls, query: QueryDict) -> Page:
        return cls(_whole(query, "after", 0, 10**18), _whole(query, "limit", USUAL, MOST) or 1)

    def answer(self, rows: QuerySet, item: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        if self.after:
            rows = rows.filter(pk__lt=self.after)
        found = list(rows.order_by("-pk")[: self.limit + 1])
        shown = found[: self.limit]
        return {"items": [item(row) for row in shown], "next": shown[-1].pk if len(found) > self.limit else None}


def _whole(query: QueryDict, name: str, usual: int, most: int) -> int:
    text = query.get(name, "")
    if not text:
        return usual
    if not DIGITS.fullmatch(text) or int(text) > most or (name == "limit" and not int(text)):
        raise BadInput(name, _("This must be a whole number up to %(most)s.") % {"most": most})
    return int(text)


def known(query: QueryDict, names: Iterable[str]) -> None:
    """A filter that nobody knows must not be passed over: the answer would hold too much."""
    for name in query.keys() - set(names):
        raise BadInput(name, _("There is no such filter."))


def narrowed(module: Module, rows: QuerySet, query: QueryDict) -> QuerySet:
    """The rows that state, filters and words leave. `BadInput` names a filter that is unknown or asks nonsense."""
    known(query, ["after", "limit", "q", "status", *(one.name for one in module.filters)])
    rows = _in_state(module, rows, query.get("status", ""))
    for one in module.filters:
        value = query.get(one.name, "")
        if value and one.name != "status":
            if value not in {str(choice) for choice, _label in one.all_choices()}:
                raise BadInput(one.name, _("This is not one of the choices."))
            rows = one.narrow(rows, value)
    words = "".join(c for c in query.get("q", "") if c.isprintable())[:MOST]
    return find(rows, module.search, words) if words.strip() else rows


def _in_state(module: Module, rows: QuerySet, state: str) -> QuerySet:
    if not state:
        return rows
    if state not in {one.name for one in module.shown_states}:
        raise BadInput("status", _("This is not one of the choices."))
    return module.narrow(rows, state) if module.narrow else rows.filter(status=state)
