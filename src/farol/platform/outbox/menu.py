"""Left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Outbox"), "outbox:messages", "send", "administration", 50, ("administration",))]
