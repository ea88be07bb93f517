"""Which rows a bulk action was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.web.lists.paging import counted
from farol.platform.web.lists.rows import Rows
from farol.platform.web.lists.state import State

if TYPE_CHECKING:
    from farol.platform.web.lists.declared import List

MOST_CHOSEN = 1_000


def chosen(request: HttpRequest, declared: List, rows: Rows, *, most: int = MOST_CHOSEN) -> Any:
    """Of `rows`, the ones ticked (`selected`), or with `all` every row that the list's posted `address` shows.

    `rows`, a query set or a sequence of rows with a `pk`, carries the row rules of the person: keys outside of it are
    not found. `BadInput` for none, or more than `most`.
    """
    if request.POST.get("all"):
        found = State(declared, QueryDict(request.POST.get("address", ""))).select(rows)
    else:
        found = _ticked(rows, request.POST.getlist("selected")[: most + 1])
    count = counted(found, most) if isinstance(found, QuerySet) else len(found)
    if not count:
        raise BadInput("selected", _("Select at least one row."))
    if count > most:
        raise BadInput("selected", _("At most %(most)s rows at once. Narrow the list further.") % {"most": most})
    return found


def _ticked(rows: Rows, keys: list[str]) -> Any:
    if isinstance(rows, QuerySet):
        return rows.filter(pk__in=_keys(keys, rows))
    ticked = set(keys)
    return [row for row in rows if str(row.pk) in ticked]


def _keys(texts: list[str], rows: QuerySet) -> list[object]:
    key, found = rows.model._meta.pk, []
    for text in texts:
        try:
            found.append(key.to_python(text[:40]))
        except ValidationError:
            continue
    return [value for value in found if not isinstance(value, int) or abs(value) < 2**63]
