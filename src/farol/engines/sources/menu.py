"""Entry of the left rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [
    MenuItem(
        _("Data sources"), "sources:list", "database", "sources", 600, ("sources.view", "upload", "upload.payments")
    )
]
