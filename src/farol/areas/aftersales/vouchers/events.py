"""What the audit says about store credit."""

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.vouchers.flow import REDEMPTIONS, VOUCHERS
from farol.platform.audit import Event

_VOUCHER = _("Voucher %(target)s: %(action)s, from %(from)s to %(to)s")
_USE = _("Use of store credit %(target)s: %(action)s, from %(from)s to %(to)s")
EVENTS = [
    Event("vouchers.create", _("Voucher %(target)s issued"), _("Voucher issued")),
    *(Event(f"vouchers.{t.name}", _VOUCHER, t.label) for t in VOUCHERS.transitions),
    Event("redemptions.create", _("Use of store credit %(target)s requested"), _("Use of store credit requested")),
    *(Event(f"redemptions.{t.name}", _USE, t.label) for t in REDEMPTIONS.transitions),
]
