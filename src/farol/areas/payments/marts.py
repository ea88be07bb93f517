"""Facts of payments in the warehouse: one row per day and segment, money in centavos."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.payments.checks import CHECKS
from farol.areas.payments.views import bi_views
from farol.engines.warehouse import Build, Dataset, Table
from farol.engines.warehouse.sql import Sql

DIMENSIONS = ("entity", "product", "price_tier", "anticipation_method", "payment_method")
GRAIN = ("day", *DIMENSIONS, "installments", "merchant")
COLUMNS = {
    "day": "DATE",
    **dict.fromkeys(DIMENSIONS, "TEXT"),
    "installments": "INTEGER",
    "merchant": "TEXT",
    "amount_centavos": "BIGINT",
    "quantity_transactions": "BIGINT",
    "quantity_of_merchants": "BIGINT",
    "fee_centavos": "BIGINT",
    "cost_centavos": "BIGINT",
    "chargeback_centavos": "BIGINT",
    "extra": "TEXT",
}
KPI_DAILY = Table("kpi_daily", COLUMNS, ("day",), (("day",), ("entity", "product", "payment_method")))
LANDING = Table("facts", COLUMNS, ("day",))


def build(target: Build) -> None:
    """The published table is the landing table in the order of days, so that a period reads only its own blocks."""
    target.fill(KPI_DAILY, Sql("SELECT * FROM facts"))


DATASETS = [Dataset("payments", _("Payments"), (KPI_DAILY,), build, LANDING, GRAIN, CHECKS, views=bi_views)]
