"""What people are told about payables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import formats
from farol.platform.notifications import Notice


def _to_pay(params: Mapping[str, Any]) -> str:
    sentence = _("%(number)s was verified: %(amount)s to be paid until %(day)s.")
    day = formats.date(dt.date.fromisoformat(params["due_on"]))
    return sentence % {"number": params["number"], "amount": formats.brl(Decimal(params["amount"])), "day": day}


NOTICES = [
    Notice(
        "payables.to_verify",
        "verification",
        gettext_lazy("%(number)s waits for verification."),
        gettext_lazy("Payable to verify"),
    ),
    Notice("payables.to_pay", "verification", _to_pay, gettext_lazy("Payable to be paid")),
    Notice(
        "payables.sent_back",
        "verification",
        gettext_lazy("%(number)s was sent back: look at the reason, correct it and generate it again."),
        gettext_lazy("Payable sent back"),
    ),
    Notice("payables.paid", "verification", gettext_lazy("%(number)s was paid."), gettext_lazy("Payable paid")),
    Notice(
        "payables.unpaid",
        "verification",
        gettext_lazy("The payment of %(number)s was undone: the payable says why."),
        gettext_lazy("Payment undone"),
    ),
    Notice(
        "payables.failed",
        "data",
        gettext_lazy("The ERP did not take %(number)s: the payable says why."),
        gettext_lazy("Payable not taken by the ERP"),
    ),
    Notice(
        "payables.cancel_there",
        "data",
        gettext_lazy("A payable of %(number)s has to be cancelled in the ERP by hand: its interface cannot do it."),
        gettext_lazy("Payable to be cancelled in the ERP"),
    ),
]
