"""Payments: what can be asked of the daily facts, and the one definition of every figure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.engines.metrics.formulas import Difference, Newcomers, Ratio, Share, Sum
from farol.engines.metrics.model import Dimension, Direction, Kind, Measure, SemanticModel, Unit

AMOUNT = Sum("amount_centavos")
TRANSACTIONS = Sum("quantity_transactions")
MERCHANTS = Sum("quantity_of_merchants")
INSTALLED = Sum("amount_centavos", where="installments > 1")
FEES, COSTS, CHARGEBACKS = Sum("fee_centavos"), Sum("cost_centavos"), Sum("chargeback_centavos")
SEGMENT = ("entity", "product", "payment_method")
TOP_MERCHANTS = 10

DIMENSIONS = (
    Dimension("entity", _("Entity"), "entity", values={"PF": _("Person (PF)"), "PJ": _("Company (PJ)")}),
    Dimension(
        "product",
        _("Product"),
        "product",
        values={"pos": "POS", "tap": "Tap", "link": _("Link"), "pix": "Pix", "bank_slip": _("Bank slip")},
    ),
    Dimension("price_tier", _("Price tier"), "price_tier"),
    Dimension("anticipation_method", _("Anticipation"), "anticipation_method"),
    Dimension(
        "payment_method",
        _("Payment method"),
        "payment_method",
        values={"credit": _("Credit"), "debit": _("Debit"), "uninformed": _("Not informed")},
    ),
    Dimension("installments", _("Installments"), "installments", Kind.INTEGER),
    Dimension("merchant", _("Merchant"), "merchant", optional=True),
)

MEASURES = (
    Measure("tpv", _("TPV"), _("Total payment volume: the sum of the amounts transacted."), Unit.BRL, AMOUNT),
    Measure(
        "transactions", _("Transactions"), _("The sum of the quantities of transactions."), Unit.COUNT, TRANSACTIONS
    ),
    Measure(
        "average_ticket",
        _("Average ticket"),
        _("TPV divided by transactions, both added up first."),
        Unit.BRL,
        Ratio(AMOUNT, TRANSACTIONS),
    ),
    Measure(
        "merchants",
        _("Merchants"),
        _("Distinct merchants of each row of the file; they cannot be added up, so only the file's rows have them."),
        Unit.COUNT,
        MERCHANTS,
        grain_only=True,
    ),
    Measure(
        "merchants_upper_bound",
        _("Merchants (at most)"),
        _("The sum of the distinct merchants of each row: an upper bound, since one merchant can be in many rows."),
        Unit.COUNT,
        MERCHANTS,
        Direction.NEUTRAL,
    ),
    Measure(
        "tpv_share",
        _("Share of TPV"),
        _("The group's TPV in percent of the TPV of the whole selection."),
        Unit.PERCENT,
        Share(AMOUNT),
        Direction.NEUTRAL,
    ),
    Measure(
        "installment_share",
        _("Installment share"),
        _("TPV paid in two or more installments, in percent of TPV."),
        Unit.PERCENT,
        Ratio(INSTALLED, AMOUNT, 100),
        Direction.NEUTRAL,
    ),
    Measure(
        "tpv_ex_top",
        _("TPV without the largest segment"),
        _("TPV without the segment (entity × product × payment method) that brings most of it in the selection."),
        Unit.BRL,
        Sum("amount_centavos", segment=SEGMENT, beyond_top=1),
    ),
    Measure(
        "take_rate",
        _("Take rate"),
        _("Fees charged, in percent of TPV."),
        Unit.PERCENT,
        Ratio(FEES, AMOUNT, 100),
        requires=("fee_centavos",),
    ),
    Measure(
        "margin",
        _("Margin"),
        _("Fees charged minus costs."),
        Unit.BRL,
        Difference(FEES, COSTS),
        requires=("fee_centavos", "cost_centavos"),
    ),
    Measure(
        "chargeback_rate",
        _("Chargeback rate"),
        _("Amounts charged back, in percent of TPV: the risk."),
        Unit.PERCENT,
        Ratio(CHARGEBACKS, AMOUNT, 100),
        Direction.DOWN,
        requires=("chargeback_centavos",),
    ),
    Measure(
        "tpv_ex_top_merchants",
        _("TPV without the ten largest merchants"),
        _("TPV without the ten merchants that bring most of it in the selection."),
        Unit.BRL,
        Sum("amount_centavos", segment=("merchant",), beyond_top=TOP_MERCHANTS),
        requires=("merchant",),
    ),
    Measure(
        "cohort_retention",
        _("60-day retention"),
        _(
            "Of the merchants first seen in the period, those seen again from the 31st to the 60th day after, "
            "in percent; merchants count once their 60 days have passed."
        ),
        Unit.PERCENT,
        Ratio(Newcomers("merchant", kept=True), Newcomers("merchant"), 100),
        requires=("merchant",),
    ),
)

PAYMENTS = SemanticModel(
    name="payments",
    label=_("Payments"),
    dataset="payments",
    table="kpi_daily",
    dimensions=DIMENSIONS,
    measures=MEASURES,
    permission="dashboard.payments",
    base_filter="amount_centavos > 0 AND quantity_transactions > 0",
    base_filter_text=_("only rows with an amount and a quantity above zero"),
    grain=("entity", "product", "price_tier", "anticipation_method", "payment_method", "installments"),
    volume=TRANSACTIONS,
    column_labels={
        "amount_centavos": _("Amount"),
        "quantity_transactions": _("Transactions"),
        "quantity_of_merchants": _("Merchants"),
        "fee_centavos": _("Fee"),
        "cost_centavos": _("Cost"),
        "chargeback_centavos": _("Chargeback"),
        "extra": _("Other columns"),
    },
    optional_columns={
        "merchant": "merchant",
        "fee_centavos": "fee",
        "cost_centavos": "cost",
        "chargeback_centavos": "chargeback",
    },
)
MODELS = [PAYMENTS]
