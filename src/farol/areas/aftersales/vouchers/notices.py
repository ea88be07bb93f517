"""What people are told about store credit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.core import formats
from farol.platform.notifications import Notice


def _use(sentence: Any) -> Callable[[Mapping[str, Any]], str]:
    def told(params: Mapping[str, Any]) -> str:
        return str(sentence) % {**params, "amount": formats.brl(Decimal(params["amount"]))}

    return told


def _expiring(params: Mapping[str, Any]) -> str:
    sentence = _("Voucher %(number)s with %(balance)s expires on %(day)s.")
    day = formats.date(dt.date.fromisoformat(params["day"]))
    return str(sentence) % {**params, "balance": formats.brl(Decimal(params["balance"])), "day": day}


NOTICES = [
    Notice(
        "redemptions.requested",
        "voucher",
        _use(_("%(number)s: use of %(amount)s of voucher %(voucher)s for order %(order)s waits for a decision.")),
        _("Use of store credit to decide"),
    ),
    Notice(
        "redemptions.approved",
        "voucher",
        _use(_("%(number)s: the use of %(amount)s of voucher %(voucher)s was approved.")),
        _("Use of store credit approved"),
    ),
    Notice(
        "redemptions.refused",
        "voucher",
        _use(_("%(number)s: the use of %(amount)s of voucher %(voucher)s was refused. The reason is in the history.")),
        _("Use of store credit refused"),
    ),
    Notice(
        "redemptions.reversed",
        "voucher",
        _use(_("%(number)s: the use of %(amount)s of voucher %(voucher)s was reversed.")),
        _("Use of store credit reversed"),
    ),
    Notice(
        "redemptions.expired",
        "voucher",
        _use(_("%(number)s: voucher %(voucher)s expired before the use of %(amount)s was decided.")),
        _("Use of store credit expired"),
    ),
    Notice("vouchers.expiring", "voucher", _expiring, _("Store credit about to expire")),
    Notice("vouchers.expired", "voucher", _("Voucher %(number)s has expired."), _("Store credit expired")),
]
