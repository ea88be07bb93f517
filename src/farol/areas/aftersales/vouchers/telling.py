"""Who is told what about store credit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from farol.engines.workflow import Act
from farol.engines.workflow.module import get_module
from farol.platform.notifications import notify, people_with

if TYPE_CHECKING:
    from farol.areas.aftersales.vouchers.models import Redemption, Voucher


def requested(use: Redemption) -> None:
    """Everybody who may decide, but for whoever asked."""
    to = [person for person in people_with("redemptions.decide") if person != use.created_by_id]
    _about(use, "redemptions.requested", to)


def decided(use: Redemption, act: Act) -> None:
    """Whoever asked for it, and who looks after the voucher."""
    people = (use.created_by_id, use.voucher.owner_id)
    _about(use, f"redemptions.{act.to_state}", {p for p in people if p and p != act.principal.user_id})


def _about(use: Redemption, code: str, people: Iterable[int]) -> None:
    params = {"number": use.number, "voucher": use.voucher.number, "order": use.order, "amount": str(use.amount)}
    url = get_module("redemptions").url(use)
    notify(people, code, record=use.reference, url=url, params=params)


def expiring(voucher: Voucher, threshold: int) -> None:
    """Whoever issued it or looks after it or after the customer; once per threshold and last day."""
    people = {voucher.created_by_id, voucher.owner_id, voucher.customer.owner_id} - {None}
    params = {
        "number": voucher.number,
        "balance": str(voucher.account.balance),
        "day": voucher.expires_on.isoformat(),
    }
    key = f"{voucher.reference}:{voucher.expires_on.isoformat()}:{threshold}"
    url = get_module("vouchers").url(voucher)
    notify(people, "vouchers.expiring", record=voucher.reference, url=url, params=params, key=key)


def expired(voucher: Voucher) -> None:
    people = {voucher.created_by_id, voucher.owner_id, voucher.customer.owner_id} - {None}
    url = get_module("vouchers").url(voucher)
    notify(people, "vouchers.expired", record=voucher.reference, url=url, params={"number": voucher.number})
