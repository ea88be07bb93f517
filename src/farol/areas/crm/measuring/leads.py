"""Leads by the day they were created: intake, first response, cost, and what came of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.measuring.common import model, times
from farol.engines.metrics.formulas import Gain, Ratio, Sum
from farol.engines.metrics.model import Direction, Measure, Unit

COUNT, CLASSIFIED, RESPONDED = Sum("leads"), Sum("classified"), Sum("responded")
WON, REVENUE, COST = Sum("won"), Sum("revenue_centavos"), Sum("cost_centavos")
HOUR = 3600

MEASURES = (
    Measure("leads", _("Leads"), _("Leads created. Clock: creation of the lead."), Unit.COUNT, COUNT),
    Measure(
        "leads_classified",
        _("Leads with a channel"),
        _("Leads whose channel a rule could tell. Clock: creation of the lead."),
        Unit.COUNT,
        CLASSIFIED,
    ),
    *times(
        "first_response_hours",
        (_("First response (mean, h)"), _("First response (median, h)"), _("First response (p90, h)")),
        (
            _(
                "Hours from creation to the first outgoing message, call or completed task, mean of the answered leads."
                " Clock: creation of the lead."
            ),
            _("Clock hours to the first response that half of the answered leads had. Clock: creation of the lead."),
            _("Clock hours to the first response that 90 % of the answered leads had. Clock: creation of the lead."),
        ),
        Sum("response_seconds"),
        RESPONDED,
        HOUR,
    ),
    *times(
        "first_response_business_hours",
        (
            _("First response in business hours (mean, h)"),
            _("First response in business hours (median, h)"),
            _("First response in business hours (p90, h)"),
        ),
        (
            _("Business hours to the first response, mean of the answered leads. Clock: creation of the lead."),
            _("Business hours to the first response that half of the answered leads had. Clock: creation of the lead."),
            _("Business hours to the first response that 90 % of the answered leads had. Clock: creation of the lead."),
        ),
        Sum("business_response_seconds"),
        RESPONDED,
        HOUR,
    ),
    Measure(
        "answered_share",
        _("Answered leads"),
        _("Leads with a first response, in percent of all. Clock: creation of the lead."),
        Unit.PERCENT,
        Ratio(RESPONDED, COUNT, 100),
    ),
    Measure(
        "cost",
        _("Cost"),
        _(
            "Marketing spend entered for the days, and costs written on leads in the CRM; unknown, never zero, without"
            " any. Clock: day of the spend, creation of the lead."
        ),
        Unit.BRL,
        COST,
        Direction.NEUTRAL,
        zero=False,
    ),
    Measure(
        "cost_per_lead",
        _("Cost per lead"),
        _("Cost divided by leads. Clock: day of the spend, creation of the lead."),
        Unit.BRL,
        Ratio(COST, COUNT),
        Direction.DOWN,
    ),
    Measure(
        "won",
        _("Won, of these leads"),
        _("Leads created in the period that are won by now. Clock: creation of the lead."),
        Unit.COUNT,
        WON,
    ),
    Measure(
        "revenue",
        _("Revenue of these leads"),
        _("Value of the leads created in the period that are won by now. Clock: creation of the lead."),
        Unit.BRL,
        REVENUE,
    ),
    Measure(
        "conversion",
        _("Conversion"),
        _("Won leads in percent of all leads created in the period; not the win rate. Clock: creation of the lead."),
        Unit.PERCENT,
        Ratio(WON, COUNT, 100),
    ),
    Measure(
        "roi",
        _("ROI"),
        _("(Revenue − cost) / cost, in percent; unknown without a cost above zero. Clock: creation of the lead."),
        Unit.PERCENT,
        Gain(REVENUE, COST, COST),
    ),
)

LEADS = model(
    "leads",
    _("Leads"),
    "intake",
    "created_day",
    MEASURES,
    volume=COUNT,
    labels={
        "kind": _("Kind of row"),
        "leads": _("Leads"),
        "classified": _("With a channel"),
        "responded": _("Answered"),
        "response_seconds": _("First response (seconds)"),
        "business_response_seconds": _("First response in business hours (seconds)"),
    },
)
