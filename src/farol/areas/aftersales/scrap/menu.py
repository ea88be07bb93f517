"""Entry of the left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Scrap"), "scrap:list", "trash", "aftersales", 80, ("scrap.view",))]
