"""What the audit says about payables beside the steps of every record."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("payables.revealed", _("Saw the bank data of payable %(target)s"), _("Bank data revealed")),
    Event("payables.category_added", _("Added category %(target)s of payables"), _("Category of payables added")),
    Event(
        "payables.category_switched", _("Switched category %(target)s of payables"), _("Category of payables switched")
    ),
]
