"""Marks: the lines that a company wants its measures to stay above or below."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.models import Mark
from farol.areas.crm.planning.goals import RIGHT
from farol.core import clock
from farol.core.errors import BadInput, NotFound
from farol.platform import audit
from farol.platform.accounts.principal import Principal

LABELS = {
    "win_rate": gettext_lazy("Win rate"),
    "average_ticket": gettext_lazy("Average ticket"),
    "first_response_hours": gettext_lazy("First response"),
    "completion": gettext_lazy("Completion of tasks"),
    "cycle_days": gettext_lazy("Sales cycle"),
    "cost_per_lead": gettext_lazy("Cost per lead"),
    "roi": gettext_lazy("ROI"),
}
STATISTICS = {
    "value": gettext_lazy("value"),
    "mean": gettext_lazy("mean"),
    "median": gettext_lazy("median"),
    "p90": gettext_lazy("p90"),
}
UNITS = {
    "percent": "%",
    "brl": "R$",
    "hours": gettext_lazy("hours"),
    "days": gettext_lazy("days"),
}
MOST = Decimal(10) ** 9


def set_mark(name: str, value: Decimal, principal: Principal) -> Mark:
    """Move a mark. `NotAllowed` without the right, `NotFound` for an unknown name, `BadInput` for an odd value."""
    principal.require(RIGHT)
    if not 0 < value <= MOST:
        raise BadInput("value", _("A mark is above zero."))
    with transaction.atomic():
        mark = Mark.objects.filter(name=name).first()
        if mark is None:
            raise NotFound(_("There is no such mark."))
        mark.value, mark.changed_at, mark.changed_by = value, clock.now(), principal.user
        mark.save(update_fields=["value", "changed_at", "changed_by"])
        audit.record(principal, "crm.mark_set", target=name, params={"value": f"{value.normalize():f}"})
    return mark
