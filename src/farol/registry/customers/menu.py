"""Entries of the left rail beside the list."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [
    MenuItem(
        _("Bring a customer in"), "customers_lookup:bring", "database-import", "registry", 12, ("customers.edit",)
    ),
    MenuItem(_("Repeated customers"), "customers_lookup:duplicates", "git-merge", "registry", 14, ("customers.merge",)),
]
