"""What people are told about warranties and exchanges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.notifications import Notice

NOTICES = [
    Notice(
        "warranties.to_verify",
        "verification",
        _("%(number)s (%(marker)s) waits for verification: order %(order)s of the ERP."),
        _("Warranty or exchange to verify"),
    ),
    Notice(
        "warranties.verified",
        "verification",
        _("%(number)s (%(marker)s) was verified."),
        _("Warranty or exchange verified"),
    ),
    Notice(
        "warranties.sent_back",
        "verification",
        _("%(number)s (%(marker)s) was sent back: look at the reason and generate the order again."),
        _("Warranty or exchange sent back"),
    ),
    Notice(
        "warranties.order_failed",
        "data",
        _("The ERP did not take the order of %(number)s (%(marker)s): the case says why."),
        _("Order not taken by the ERP"),
    ),
]
