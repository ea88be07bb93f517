"""Left rail."""

from django.utils.translation import gettext_lazy as _

from farol.platform.web.menu import MenuItem

ITEMS = [MenuItem(_("Tasks"), "jobs:jobs", "clock", "administration", 40, ("administration",))]
