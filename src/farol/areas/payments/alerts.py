"""What is watched in payments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.payments.metrics import SEGMENT
from farol.engines.alerts.rules import AreaRules

RULES = [
    AreaRules(
        area="payments",
        label=_("Payments"),
        model="payments",
        measures=("tpv", "transactions", "average_ticket"),
        dimensions=("entity", "product", "price_tier", "anticipation_method", "payment_method", "installments"),
        crosses=(SEGMENT,),
        classic_segment=SEGMENT,
        classic_measures=("tpv", "average_ticket"),
        board="payments:board",
    )
]
