"""Entries of the left rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [
    MenuItem(_("Commercial"), "crm:board", "chart-bar", "analyses", 200, ("dashboard.commercial",)),
    MenuItem(_("Goals and spend"), "crm:goals", "target", "analyses", 201, ("goals.manage",)),
    MenuItem(_("Channel rules"), "crm:channels", "route", "analyses", 202, ("goals.manage",)),
    MenuItem(_("Data health"), "crm:health", "heart-rate-monitor", "analyses", 203, ("sources.view",)),
    MenuItem(_("To act on"), "crm:worklist", "list-check", "analyses", 204, ("dashboard.commercial",)),
    MenuItem(_("Forecast"), "crm:forecast", "trending-up", "analyses", 205, ("dashboard.commercial",)),
]
