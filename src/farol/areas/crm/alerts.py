"""What is watched in the commercial area."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.engines.alerts.rules import AreaRules

RULES = [
    AreaRules(
        area="crm",
        label=_("Commercial: deals"),
        model="deals",
        measures=("revenue", "won", "average_ticket"),
        dimensions=("responsible", "channel", "product"),
        board="crm:board",
        silence=False,
    ),
    AreaRules(
        area="crm_leads",
        label=_("Commercial: leads"),
        model="leads",
        measures=("revenue", "leads", "conversion"),
        dimensions=("responsible", "channel", "source"),
        board="crm:board",
        silence=False,
    ),
]
