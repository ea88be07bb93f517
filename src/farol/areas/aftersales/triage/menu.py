"""Entry of the left rail beside the module's own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.rules import RIGHT
from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Rules of triage"), "triage-rules:show", "adjustments", "aftersales", 95, (RIGHT,))]
