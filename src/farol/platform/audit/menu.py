"""Entry of the left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Audit"), "audit:index", "shield-check", "administration", 30, ("audit.read",))]
