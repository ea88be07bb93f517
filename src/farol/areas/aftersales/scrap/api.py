"""`/api/v1/scrap`: the scrap lines of all records, to read."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from ninja import Router

from farol.areas.aftersales.scrap.rows import from_kind, scrapped, sources, totals
from farol.core.errors import BadInput, NotFound
from farol.engines.workflow.rest.rows import Page, known
from farol.platform.accounts.access import requires

router = Router(tags=["scrap"])
ROUTERS = [("/scrap", router)]
TEXT = {"in": "query", "required": False, "schema": {"type": "string"}}
DAY = {"in": "query", "required": False, "schema": {"type": "string", "format": "date"}}
WHOLE = {"in": "query", "required": False, "schema": {"type": "integer", "minimum": 0}}
ASKED = {"parameters": [
    {**WHOLE, "name": "after"}, {**WHOLE, "name": "limit"}, {**TEXT, "name": "type"}, {**WHOLE, "name": "responsible"},
    {**TEXT, "name": "sku"}, {**DAY, "name": "from"}, {**DAY, "name": "to"},
]}  # fmt: skip
NUMBER = re.compile(r"LC-([0-9]{6,18})")


@router.get("", summary="Scrap lines, the latest first", operation_id="scrap_list", openapi_extra=ASKED)
@requires("scrap.view")
def index(request: HttpRequest) -> dict[str, Any]:
    """`totals` are those of all rows that the filters leave."""
    rows = narrowed(request.GET)
    found = totals(rows)
    sums = {"quantity": found["pieces"], "cost": f"{found['cost']:.2f}"}
    return {**Page.asked(request.GET).answer(rows, item), "totals": sums}


@router.get("/{number}", summary="One scrap line", operation_id="scrap_read")
@requires("scrap.view")
def one(request: HttpRequest, number: str) -> dict[str, Any]:
    match = NUMBER.fullmatch(number)
    row = scrapped().filter(pk=int(match[1])).first() if match else None
    if row is None:
        raise NotFound("")
    return item(row)


def narrowed(query: QueryDict) -> QuerySet:
    """What the filters leave. `BadInput` names one that is unknown or asks nonsense."""
    known(query, ["after", "limit", "type", "responsible", "sku", "from", "to"])
    rows = scrapped()
    if kind := query.get("type"):
        if kind not in sources():
            raise BadInput("type", _("This is not one of the choices."))
        rows = from_kind(rows, kind)
    if person := query.get("responsible"):
        if not re.fullmatch(r"[0-9]{1,18}", person):
            raise BadInput("responsible", _("This must be a whole number up to %(most)s.") % {"most": 10**18})
        rows = rows.filter(responsible=int(person))
    if sku := query.get("sku", "").replace("\0", ""):
        rows = rows.filter(sku=sku)
    first, last = _day(query, "from"), _day(query, "to")
    rows = rows.filter(day__gte=first) if first else rows
    return rows.filter(day__lte=last) if last else rows


def _day(query: QueryDict, name: str) -> dt.date | None:
    text = query.get(name, "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(name, _("A day is written as 2026-10-31.")) from error


def item(row: Any) -> dict[str, Any]:
    """One line as JSON; `quantity` and `cost` are negative where scrap was taken back."""
    return {
        "number": row.number,
        "day": row.day.isoformat(),
        "type": row.source.partition(":")[0],
        "source": row.source_number or None,
        "sku": row.sku,
        "version": row.item_version,
        "quantity": row.quantity,
        "cost": str(row.cost),
        "cause": row.cause,
        "responsible": row.responsible_id,
    }
