"""Tiny ERP, API v2: orders, payables, products and stock; with its simulator.

Rooms above use what is named here: the words of the port, `gateway()` for questions, `erp_channel` for documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farol.connectors.tiny.port import (
    Address,
    Deposit,
    Document,
    ErpBusy,
    ErpDoubt,
    ErpError,
    ErpGateway,
    ErpMissing,
    ErpRefused,
    ErpShut,
    Found,
    Order,
    OrderItem,
    OrderState,
    Party,
    Payable,
    Stock,
)

if TYPE_CHECKING:
    from farol.platform.outbox import Channel

__all__ = [
    "Address",
    "Deposit",
    "Document",
    "ErpBusy",
    "ErpDoubt",
    "ErpError",
    "ErpGateway",
    "ErpMissing",
    "ErpRefused",
    "ErpShut",
    "Found",
    "Order",
    "OrderItem",
    "OrderState",
    "Party",
    "Payable",
    "Stock",
    "erp_action",
    "erp_channel",
    "gateway",
]


def gateway(*, background: bool = False, seconds: float | None = None) -> ErpGateway:
    """The account that is set; `ErpShut` with what to do when none is. `background`: leaves the reserve of calls to
    people. `seconds`: somebody waits at a screen, and the questions together may take no longer.
    """
    from farol.connectors.tiny.account import account

    return account(background=background, seconds=seconds)


def erp_channel(*args: Any, **options: Any) -> Channel:
    """See `farol.connectors.tiny.deliver.erp_channel`."""
    from farol.connectors.tiny import deliver

    return deliver.erp_channel(*args, **options)


def erp_action(*args: Any, **options: Any) -> Channel:
    """See `farol.connectors.tiny.deliver.erp_action`."""
    from farol.connectors.tiny import deliver

    return deliver.erp_action(*args, **options)
