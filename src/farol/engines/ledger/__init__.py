"""Append-only double-entry postings with cached balances, holds and closed periods.

    ledger.open_account("voucher:VC-2026-000001", "voucher", bounded=True)
    ledger.post("voucher_issued", [Line(..., Decimal("500")), Line(..., Decimal("-500"))], source=..., principal=...)

Amounts are `Decimal` reais. Everything runs inside the caller's transaction; what the books do not allow is `Refused`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from farol.engines.ledger.accounts import NotEnough, account, balance, close_account, open_account
    from farol.engines.ledger.cases import (
        CATEGORIES,
        Result,
        case_account,
        charge,
        result,
        scrap,
        scrapped,
        section,
        transfer,
    )
    from farol.engines.ledger.closings import MonthClosed
    from farol.engines.ledger.holds import hold, release, use
    from farol.engines.ledger.postings import Line, post, reverse

_WHERE = {
    "accounts": ("NotEnough", "account", "balance", "close_account", "open_account"),
    "cases": ("CATEGORIES", "Result", "case_account", "charge", "result", "scrap", "scrapped", "section", "transfer"),
    "closings": ("MonthClosed",),
    "holds": ("hold", "release", "use"),
    "postings": ("Line", "post", "reverse"),
}
__all__ = [
    "CATEGORIES",
    "Line",
    "MonthClosed",
    "NotEnough",
    "Result",
    "account",
    "balance",
    "case_account",
    "charge",
    "close_account",
    "hold",
    "open_account",
    "post",
    "release",
    "result",
    "reverse",
    "scrap",
    "scrapped",
    "section",
    "transfer",
    "use",
]


def __getattr__(name: str) -> Any:
    """Found at first use: this package is imported before its models may be."""
    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(name)
