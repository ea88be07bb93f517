"""A customer's past orders: from BigQuery where it is set up and answers in time, else from the local table.

Nothing here holds a transaction. Answers are kept for five minutes under a keyed hash, so that no document is ever a
key of a cache.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from farol.connectors.bigquery import account
from farol.connectors.bigquery.errors import BigQueryError
from farol.core import clock
from farol.registry.customers.models import Customer, CustomerOrder

KEPT = 300
YEARS = 5
MOST = 20
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OrderLine:
    sku: str
    description: str
    quantity: Decimal
    unit_value: Decimal

    def as_json(self) -> dict[str, str]:
        return {
            "sku": self.sku,
            "description": self.description,
            "quantity": format(self.quantity.normalize(), "f"),
            "unit_value": f"{self.unit_value:.2f}",
        }


@dataclass(frozen=True)
class PastOrder:
    number: str
    day: dt.date | None
    channel: str = ""
    items: tuple[OrderLine, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((line.quantity * line.unit_value for line in self.items), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        return {
            "order": self.number,
            "day": self.day.isoformat() if self.day else None,
            "channel": self.channel,
            "total": f"{self.total:.2f}",
            "items": [line.as_json() for line in self.items],
        }


@dataclass(frozen=True)
class PastOrders:
    """`source` is bigquery or local; `note` says in words why it is not what one would wish."""

    source: str
    orders: list[PastOrder] = field(default_factory=list)
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"source": self.source, "note": self.note, "orders": [order.as_json() for order in self.orders]}


def past_orders(customer: Customer) -> PastOrders:
    """The newest first, twenty at most. Never an error: without the source people go on by hand."""
    document = customer.document
    if not document or not account.configured():
        return PastOrders("local", _local(customer))
    name = "orders-" + settings.KEYRING.lookup_hash(f"orders:{document}")
    kept = cache.get(name)
    if kept is None:
        try:
            kept = _asked(document)
        except BigQueryError as error:
            log.warning("past orders: %s", error.code)
            return PastOrders("local", _local(customer), _("BigQuery is unavailable: go on by hand."))
        cache.set(name, kept, KEPT)
    return PastOrders("bigquery", kept)


def _asked(document: str) -> list[PastOrder]:
    """Rounded to the month, so that the service's own cache answers the same question again."""
    since = clock.today().replace(day=1)
    return grouped(account.order_lines(document, since.replace(year=since.year - YEARS)))[:MOST]


def _local(customer: Customer) -> list[PastOrder]:
    return [
        PastOrder(row.order, row.day, row.channel, tuple(line_of(item) for item in row.items))
        for row in CustomerOrder.objects.filter(customer=customer)[:MOST]
    ]


def grouped(rows: Iterable[dict[str, Any]]) -> list[PastOrder]:
    """Items of orders as orders, in their order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row.get("order") or ""), []).append(row)
    return [
        PastOrder(number, lines[0].get("day"), str(lines[0].get("channel") or ""), tuple(map(line_of, lines)))
        for number, lines in found.items()
        if number
    ]


def line_of(item: dict[str, Any]) -> OrderLine:
    return OrderLine(
        str(item.get("sku") or ""),
        str(item.get("description") or ""),
        Decimal(str(item.get("quantity") or 1)),
        Decimal(str(item.get("unit_value") or 0)),
    )
