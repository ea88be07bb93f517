"""The six questions of the replaced system, over `bi.kpi_daily` (reais), for those who keep using Metabase."""

from __future__ import annotations

from farol.connectors.metabase import Question

GROWTH = """
WITH daily AS (
  SELECT day, SUM(amount_transacted) AS tpv
  FROM bi.kpi_daily WHERE amount_transacted > 0 AND quantity_transactions > 0
  GROUP BY day
)
SELECT b.day, b.tpv,
       ROUND(100 * (b.tpv / NULLIF(d.tpv, 0) - 1), 2) AS dod_pct,
       ROUND(100 * (b.tpv / NULLIF(w.tpv, 0) - 1), 2) AS wow_pct,
       ROUND(100 * (b.tpv / NULLIF(m.tpv, 0) - 1), 2) AS mom_pct
FROM daily b
LEFT JOIN daily d ON d.day = b.day - 1
LEFT JOIN daily w ON w.day = b.day - 7
LEFT JOIN daily m ON m.day = (b.day - INTERVAL '1 month')::date
ORDER BY b.day DESC
"""

QUESTIONS = (
    Question(
        "TPV por dia e produto",
        """
        SELECT day, product, SUM(amount_transacted) AS tpv
        FROM bi.kpi_daily WHERE amount_transacted > 0 AND quantity_transactions > 0
        GROUP BY day, product ORDER BY day
        """,
        "area",
        ("day", "product"),
        ("tpv",),
        24,
        stacked=True,
    ),
    Question(
        "Transações por dia",
        """
        SELECT day, SUM(quantity_transactions) AS transactions
        FROM bi.kpi_daily WHERE amount_transacted > 0 AND quantity_transactions > 0
        GROUP BY day ORDER BY day
        """,
        "line",
        ("day",),
        ("transactions",),
    ),
    Question(
        "Ticket médio por entidade, produto e método",
        """
        SELECT entity, product, payment_method,
               ROUND(SUM(amount_transacted) / NULLIF(SUM(quantity_transactions), 0), 2) AS average_ticket
        FROM bi.kpi_daily WHERE amount_transacted > 0 AND quantity_transactions > 0
        GROUP BY entity, product, payment_method ORDER BY average_ticket DESC
        """,
    ),
    Question(
        "Parcelas: volume e transações",
        """
        SELECT installments, SUM(amount_transacted) AS tpv, SUM(quantity_transactions) AS transactions
        FROM bi.kpi_daily WHERE amount_transacted > 0 AND quantity_transactions > 0
        GROUP BY installments ORDER BY installments
        """,
        "bar",
        ("installments",),
        ("tpv", "transactions"),
    ),
    Question(
        "Price tier por método de pagamento",
        """
        SELECT price_tier, payment_method, SUM(amount_transacted) AS tpv, SUM(quantity_transactions) AS transactions,
               ROUND(SUM(amount_transacted) / NULLIF(SUM(quantity_transactions), 0), 2) AS average_ticket
        FROM bi.kpi_daily WHERE amount_transacted > 0 AND quantity_transactions > 0
        GROUP BY price_tier, payment_method ORDER BY tpv DESC
        """,
    ),
    Question("Crescimento D-1, W-1 e M-1", GROWTH, width=24),
)

BOARDS = [("Pagamentos", QUESTIONS)]
