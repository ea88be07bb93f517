"""Entry of the left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Closing of months"), "ledger:months", "lock", "aftersales", 90, ("months.close", "months.reopen"))]
