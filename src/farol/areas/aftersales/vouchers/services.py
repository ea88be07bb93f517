"""Issuing store credit, asking to use it, and its end by the calendar."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from farol.areas.aftersales.vouchers import telling
from farol.areas.aftersales.vouchers.models import Redemption, Voucher
from farol.areas.aftersales.vouchers.steps import check_expiry, on_origin, unusable
from farol.core import clock
from farol.core.errors import Refused
from farol.core.ids import CROCKFORD
from farol.engines import ledger, workflow
from farol.engines.ledger import Line
from farol.engines.ledger.cases import company_account
from farol.engines.workflow import links
from farol.platform.accounts.principal import SYSTEM, Principal

GROUPS, PER_GROUP = 3, 4


def issue(principal: Principal, values: dict[str, Any]) -> Voucher:
    """A new voucher with its balance posted. `values` as cleaned by `VoucherForm`.

    `MonthClosed` where `issued_on` lies in a closed month.
    """
    principal.require("vouchers.manage")
    check_expiry(values["expires_on"])
    voucher = Voucher(
        customer=values["customer"],
        code=new_code(),
        amount=values["amount"],
        issued_on=values.get("issued_on") or clock.today(),
        expires_on=values["expires_on"],
        reason=values["reason"],
        origin=values.get("origin") or "",
        owner_id=principal.user_id,
    )
    with transaction.atomic():
        voucher.number = workflow.next_number(voucher)
        voucher.account = ledger.open_account(f"voucher:{voucher.number}", "voucher", bounded=True)
        workflow.start(voucher, principal)
        _post_issue(voucher, principal)
        if voucher.origin:
            links.connect(voucher.origin, voucher.reference, "voucher")
    voucher.account.refresh_from_db()
    return voucher


def _post_issue(voucher: Voucher, principal: Principal) -> None:
    kind, key = "voucher_issued", voucher.account.key
    lines = [Line(key, voucher.amount), Line(company_account(kind), -voucher.amount)]
    lines += on_origin(voucher, kind, voucher.amount)
    ledger.post(
        kind, lines, source=voucher.reference, principal=principal, day=voucher.issued_on, memo=voucher.reason[:500]
    )


def new_code() -> str:
    """What a customer is told: readable aloud, and 60 bits that nobody guesses."""
    return grouped("".join(secrets.choice(CROCKFORD) for _place in range(GROUPS * PER_GROUP)))


def grouped(digits: str) -> str:
    """A code as it is kept, `7K3M-9QXT-W2HF`."""
    return "-".join(digits[at : at + PER_GROUP] for at in range(0, len(digits), PER_GROUP))


def request_use(principal: Principal, values: dict[str, Any]) -> Redemption:
    """Ask to use a part of a voucher; the amount is held until somebody else decides.

    `NotEnough` where less than that is free, `Refused` for a voucher that is not valid any more.
    """
    principal.require("vouchers.request")
    voucher = values["voucher"]
    if sentence := unusable(voucher):
        raise Refused(sentence, code="voucher_unusable")
    with transaction.atomic():
        held = ledger.hold(voucher.account.key, values["amount"], voucher.reference)
        use = Redemption(voucher=voucher, amount=values["amount"], order=values["order"], hold=held)
        use.owner_id = principal.user_id
        workflow.start(use, principal)
        links.connect(voucher.reference, use.reference, "redemption")
        telling.requested(use)
    return use


def expire(voucher: Voucher) -> None:
    """End a voucher past its last day: pending requests expire, then the rest is posted back.

    One transaction per record, so that nobody who decides one of the requests meanwhile is waited for while holding
    the balance; `Refused` where somebody was faster.
    """
    for use in Redemption.objects.filter(voucher=voucher, status="requested").order_by("pk"):
        workflow.run(use, "expire", SYSTEM)
    with transaction.atomic():
        workflow.run(voucher, "expire", SYSTEM)
        telling.expired(voucher)
