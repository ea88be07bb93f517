"""Entry of the left rail beside the module's own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables.categories import RIGHT
from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Categories of payables"), "payable_categories:list", "tag", "aftersales", 96, (RIGHT,))]
