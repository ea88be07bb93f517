"""Entries of the left rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [
    MenuItem(_("Commercial"), "crm:board", "chart-bar", "analyses", 200, ("dashboard.commercial",)),
    MenuItem(_("To act on"), "crm:worklist", "list-check", "analyses", 201, ("dashboard.commercial",)),
    MenuItem(_("Forecast"), "crm:forecast", "trending-up", "analyses", 202, ("dashboard.commercial",)),
    MenuItem(
        _("Goals and spend"), "crm:goals", "target", "analyses", 203, ("goals.manage",), ("crm:spend", "crm:marks")
    ),
    MenuItem(_("Channel rules"), "crm:channels", "route", "analyses", 204, ("goals.manage",)),
    MenuItem(_("Data health"), "crm:health", "heart-rate-monitor", "analyses", 205, ("sources.view",), ("crm:files",)),
]
