"""Views for outsiders (schema `bi` on PostgreSQL, the database itself on MariaDB): the published facts in reais, as the
replaced system had them, and comparisons. Words that every engine understands."""

from __future__ import annotations

from collections.abc import Mapping

COMPARISONS = ("d1", "w1", "m1", "m30", "y1")

KPI_DAILY = """
SELECT day, entity, product, price_tier, anticipation_method, payment_method, installments, merchant,
       CAST(amount_centavos / 100.0 AS DECIMAL(18, 2)) AS amount_transacted,
       quantity_transactions, quantity_of_merchants,
       CAST(fee_centavos / 100.0 AS DECIMAL(18, 2)) AS fee_amount,
       CAST(cost_centavos / 100.0 AS DECIMAL(18, 2)) AS cost_amount,
       CAST(chargeback_centavos / 100.0 AS DECIMAL(18, 2)) AS chargeback_amount, extra
FROM {kpi_daily}
"""

DAILY_TOTALS = """
SELECT day, sum(amount_centavos) AS amount, sum(quantity_transactions) AS transactions
FROM {kpi_daily} WHERE amount_centavos > 0 AND quantity_transactions > 0 GROUP BY day
"""


def bi_views(_schema: str) -> Mapping[str, str]:
    """View name -> its SELECT, with the physical tables as `{kpi_daily}` and `{calendar}`."""
    views = {"kpi_daily": KPI_DAILY, "calendar": "SELECT * FROM {calendar}"}
    return {**views, **{f"kpi_comparison_{name}": _comparison(name) for name in COMPARISONS}}


def _comparison(name: str) -> str:
    """One row per day: TPV, transactions and average ticket with base day, difference and percent (NULL without)."""
    measures = ", ".join(
        f"{now} AS {label}, {base} AS base_{label}, {now} - {base} AS delta_{label},"
        f" round(100.0 * ({now} - {base}) / nullif({base}, 0), 4) AS pct_{label}"
        for label, now, base in (
            ("tpv", "round(t.amount / 100.0, 2)", "round(b.amount / 100.0, 2)"),
            ("transactions", "t.transactions", "b.transactions"),
            (
                "average_ticket",
                "round(t.amount / 100.0 / t.transactions, 2)",
                "round(b.amount / 100.0 / b.transactions, 2)",
            ),
        )
    )
    return (
        f"WITH totals AS ({DAILY_TOTALS}) SELECT t.day AS day, c.{name} AS base_day, {measures}"  # noqa: S608 - fixed names
        f" FROM totals t JOIN {{calendar}} c ON c.day = t.day LEFT JOIN totals b ON b.day = c.{name}"
    )
