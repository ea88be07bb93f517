"""The stock of a product as the ERP tells it: kept for five minutes, waited for two seconds, never an error."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from farol.connectors import tiny

KEPT = 300
REST = 30  # after no answer, nobody waits again for so long
SECONDS = 2.0


@dataclass(frozen=True)
class Balance:
    """`note` says in words why there is no figure, and is empty where there is one."""

    sku: str
    balance: Decimal | None = None
    reserved: Decimal | None = None
    deposits: tuple[tuple[str, Decimal], ...] = ()
    at: dt.datetime | None = None
    note: str = ""

    @property
    def available(self) -> Decimal | None:
        return None if self.balance is None else self.balance - (self.reserved or 0)

    def as_json(self) -> dict[str, Any]:
        def plain(number: Decimal | None) -> str | None:
            return None if number is None else format(number.normalize(), "f")

        return {
            "sku": self.sku,
            "balance": plain(self.balance),
            "reserved": plain(self.reserved),
            "available": plain(self.available),
            "deposits": [{"name": name, "balance": plain(count)} for name, count in self.deposits],
            "at": self.at.isoformat() if self.at else None,
            "note": self.note,
        }


def stock_of(sku: str) -> Balance:
    """What the ERP says is there, or why it says nothing."""
    name = "stock-" + hashlib.sha256(sku.encode()).hexdigest()[:32]
    kept: Balance | None = cache.get(name)
    if kept is None:
        kept = _asked(sku)
        cache.set(name, kept, REST if kept.note else KEPT)
    return kept


def _asked(sku: str) -> Balance:
    if not settings.FAROL_TINY_TOKEN:
        return Balance(sku, note=_("Tiny is not connected: there is no stock to show."))
    try:
        found = tiny.gateway(seconds=SECONDS).stock(sku)
    except tiny.ErpMissing:
        return Balance(sku, note=_("Tiny has no product with this SKU."))
    except tiny.ErpError:
        return Balance(sku, note=_("No answer from Tiny: go on without the stock."))
    deposits = tuple((deposit.name, deposit.balance) for deposit in found.deposits if deposit.counts)
    return Balance(sku, found.balance, found.reserved, deposits, found.at)
