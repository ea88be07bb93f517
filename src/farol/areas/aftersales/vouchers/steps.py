"""What the transitions check and do: guards, data, and the postings behind each step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from farol.areas.aftersales.vouchers import telling
from farol.core import clock, formats
from farol.core.errors import BadInput
from farol.engines import ledger
from farol.engines.ledger import Line, scrapping
from farol.engines.ledger.cases import case_lines, company_account
from farol.engines.workflow import Act
from farol.engines.workflow.flow import Guard
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.areas.aftersales.vouchers.models import Redemption, Voucher

LONGEST_YEARS = 20


def all_of(*guards: Guard) -> Guard:
    """The first sentence that one of them has to say."""

    def guard(record: Any, principal: Principal) -> Any:
        return next((sentence for one in guards if (sentence := one(record, principal))), None)

    return guard


def owns(use: Redemption, principal: Principal) -> bool:
    """Sellers know of their own requests only."""
    return use.created_by_id is not None and use.created_by_id == principal.user_id


# ── vouchers


def unusable(voucher: Voucher) -> str | None:
    """Why nothing can be done with the balance any more; None while it is valid."""
    if voucher.status == "cancelled":
        return _("This voucher was cancelled.")
    if voucher.status == "expired" or voucher.expires_on < clock.today():
        sentence = _("This voucher was valid until %(day)s. Issue a new one if the customer is to have the credit.")
        return sentence % {"day": formats.date(voucher.expires_on)}
    return None


def still_valid(voucher: Voucher, _principal: Principal) -> str | None:
    return unusable(voucher)


def cancellable(voucher: Voucher, _principal: Principal) -> str | None:
    if sentence := unusable(voucher):
        return sentence
    if voucher.account.held:
        return _("A request to use it is pending. Have it approved or refused first.")
    return None


def past_its_day(voucher: Voucher, _principal: Principal) -> str | None:
    return None if voucher.expires_on < clock.today() else _("This voucher is still valid.")


def accept_extension(voucher: Voucher, _principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    day = data.get("expires_on")
    if not isinstance(day, dt.date):
        raise BadInput("expires_on", _("Say until which day it is to be valid."), code="required")
    check_expiry(day)
    if day <= voucher.expires_on:
        sentence = _("It is valid until %(day)s already. Give a later day.")
        raise BadInput("expires_on", sentence % {"day": formats.date(voucher.expires_on)})
    return {"expires_on": day}


def check_expiry(day: dt.date) -> None:
    """`BadInput` for a day that has passed, or one so far away that it must be a slip."""
    today = clock.today()
    if day < today:
        raise BadInput("expires_on", _("This day has passed already."))
    if day.year > today.year + LONGEST_YEARS:
        raise BadInput("expires_on", _("This day is too far away."))


def give_back_cancelled(voucher: Voucher, act: Act) -> None:
    _give_back(voucher, act, "voucher_cancelled")


def give_back_expired(voucher: Voucher, act: Act) -> None:
    _give_back(voucher, act, "voucher_expired")


def _give_back(voucher: Voucher, act: Act, kind: str) -> None:
    """Post what is left back to the company and close the account for good."""
    left = ledger.account(voucher.account.key)
    if left.balance:
        lines = [Line(left.key, -left.balance), Line(company_account(kind), left.balance)]
        lines += on_origin(voucher, "voucher_issued", -left.balance)
        ledger.post(kind, lines, source=voucher.reference, principal=act.principal, memo=act.reason[:500])
    ledger.close_account(left)


def accept_scrap(voucher: Voucher, _principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    """Checked here, posted by the effect."""
    scrapping.check(voucher.reference, data)
    return {}


def post_scrap(voucher: Voucher, act: Act) -> None:
    scrapping.record(voucher.origin, voucher.reference, act.data, act.principal)


def on_origin(voucher: Voucher, category: str, amount: Decimal) -> list[Line]:
    """The lines on the case that the voucher was given for, if there is one."""
    return case_lines(voucher.origin, category, amount) if voucher.origin else []


# ── uses


def voucher_usable(use: Redemption, _principal: Principal) -> str | None:
    return unusable(use.voucher)


def take(use: Redemption, act: Act) -> None:
    """The balance moves; on the case of origin, what was issued becomes what was used."""
    voucher = use.voucher
    also = on_origin(voucher, "voucher_issued", -use.amount) + on_origin(voucher, "voucher_used", use.amount)
    ledger.use(
        use.hold,
        "voucher_used",
        company_account("voucher_used"),
        source=use.reference,
        principal=act.principal,
        memo=act.reason[:500],
        also=also,
    )
    telling.decided(use, act)


def let_go(use: Redemption, act: Act) -> None:
    ledger.release(use.hold)
    telling.decided(use, act)


def put_back(use: Redemption, act: Act) -> None:
    posting = use.hold.posting
    if posting is None:
        raise ValueError(f"{use.number} was never posted")
    ledger.reverse(posting, act.principal, act.reason[:500])
    telling.decided(use, act)
