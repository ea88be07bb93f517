"""Entries of the left rail: the person's day, and one for each kind of record."""

from django.utils.translation import gettext_lazy as _

from farol.engines.workflow.module import modules
from farol.platform.web.menu import MenuItem

VIEWS = tuple(dict.fromkeys(module.view for module in modules().values()))
ITEMS = [
    MenuItem(_("My day"), "workflow:day", "calendar-event", "home", 5, VIEWS),
    *(MenuItem(m.plural, f"{m.name}:list", m.icon, m.group, m.order, (m.view,)) for m in modules().values()),
]
