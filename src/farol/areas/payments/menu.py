"""Entry of the left rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [
    MenuItem(_("Payments"), "payments:board", "credit-card", "analyses", 100, ("dashboard.payments",)),
    MenuItem(_("Goals of payments"), "payments:goals", "target", "analyses", 101, ("goals.manage",)),
]
