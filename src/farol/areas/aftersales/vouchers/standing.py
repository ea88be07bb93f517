"""What a voucher is right now: cancelled, expired, waiting for a decision, used, partly used or open, whichever applies
first. Once in Python and once in the database; a test holds them equal.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.core import clock
from farol.engines.workflow import State

if TYPE_CHECKING:
    from farol.areas.aftersales.vouchers.models import Voucher

STATES = (
    State("cancelled", _("Cancelled"), tone="danger", final=True),
    State("expired", pgettext_lazy("voucher", "Expired"), tone="warning", final=True),
    State("approval_pending", _("Approval pending"), tone="warning"),
    State("used", pgettext_lazy("voucher", "Used"), tone="success", final=True),
    State("partly_used", _("Partly used"), tone="info"),
    State("open", _("Open"), tone="info"),
)
BY_NAME = {state.name: state for state in STATES}
ZERO = Decimal(0)


def standing(voucher: Voucher, today: dt.date | None = None) -> State:
    """The state that people see."""
    return BY_NAME[_name(voucher, today or clock.today())]


def _name(voucher: Voucher, today: dt.date) -> str:
    if voucher.status == "cancelled":
        return "cancelled"
    if voucher.status == "expired" or voucher.expires_on < today:
        return "expired"
    if voucher.account.held > 0:
        return "approval_pending"
    if voucher.account.balance == 0:
        return "used"
    return "partly_used" if voucher.account.balance < voucher.amount else "open"


def annotated(vouchers: QuerySet, today: dt.date | None = None) -> QuerySet:
    """With `standing`, the name of that state, worked out by the database."""
    expired = Q(status="expired") | Q(expires_on__lt=today or clock.today())
    return vouchers.annotate(
        standing=Case(
            When(status="cancelled", then=Value("cancelled")),
            When(expired, then=Value("expired")),
            When(account__held__gt=ZERO, then=Value("approval_pending")),
            When(account__balance=ZERO, then=Value("used")),
            When(account__balance__lt=F("amount"), then=Value("partly_used")),
            default=Value("open"),
        )
    )


def narrow(vouchers: QuerySet, state: str) -> QuerySet:
    """Those in a state that people see."""
    return annotated(vouchers).filter(standing=state)
