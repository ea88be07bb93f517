"""The open deals at the end of each day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.measuring.common import DIMENSIONS, model
from farol.engines.metrics.formulas import Last
from farol.engines.metrics.model import Direction, Measure, Unit

MEASURES = (
    Measure(
        "open_deals",
        _("Open deals"),
        _("Deals open at the end of the last day of the period. Clock: end of the day."),
        Unit.COUNT,
        Last("open"),
        Direction.NEUTRAL,
    ),
    Measure(
        "open_value",
        _("Open value"),
        _("Value of the deals open at the end of the last day of the period. Clock: end of the day."),
        Unit.BRL,
        Last("value_centavos"),
    ),
)

# the daily picture does not tell campaigns apart, and an open deal has no loss reason
TOLD = ("responsible", "team", "channel", "source", "pipeline", "stage", "product")

PIPELINE = model(
    "pipeline",
    _("Pipeline"),
    "pipeline_daily",
    "day",
    MEASURES,
    dimensions=tuple(d for d in DIMENSIONS if d.name in TOLD),
    labels={"open": _("Open deals")},
    of_leads=False,
)
