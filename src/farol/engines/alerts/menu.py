"""Entry of the left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Alerts"), "alerts:list", "bell", "alerts", 300, ("alerts.view",))]
