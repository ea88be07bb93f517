"""Entries of the left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [
    MenuItem(_("People"), "accounts:people", "users", "administration", 10, ("administration",)),
    MenuItem(_("Roles"), "accounts:roles", "user-cog", "administration", 20, ("administration",)),
]
