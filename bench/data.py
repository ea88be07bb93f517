"""Ten million generated payment facts: 724 days x 13,824 segments, with weekdays, growth and noise."""

from __future__ import annotations

from pathlib import Path

import duckdb

FIRST_DAY = "2024-01-01"
DAYS = 724
PRODUCTS = ("pos", "tap", "link", "pix", "bank_slip", "wallet", "subscription", "marketplace")
TIERS = ("normal", "intermediary", "aggressive", "domination", "starter", "enterprise")
ANTICIPATIONS = ("D0/Nitro", "D1Anticipation", "Pix", "Bank Slip")
METHODS = ("credit", "debit", "uninformed")


def _table(values: tuple[str, ...], name: str) -> str:
    return f"(SELECT unnest({list(values)!r}) AS {name})"


def generate(path: Path, days: int = DAYS, seed: float = 0.42) -> int:
    """Write the CSV and return its number of rows (13,824 a day)."""
    connection = duckdb.connect(config={"memory_limit": "4GB"})
    connection.execute("SELECT setseed(?)", [seed])
    facts = f"""
        SELECT CAST(DATE '{FIRST_DAY}' + CAST(d.i AS INTEGER) AS DATE) AS day, entity, product, price_tier,
               anticipation_method, payment_method, n.i + 1 AS installments,
               round(80 + 900 * random() * (1 + d.i / 3000.0)
                     * CASE WHEN (d.i % 7) IN (5, 6) THEN 0.7 ELSE 1.05 END * (1 + n.i / 6.0), 2) AS amount_transacted,
               1 + CAST(floor(random() * 12) AS INTEGER) AS quantity_transactions,
               1 + CAST(floor(random() * 3) AS INTEGER) AS quantity_of_merchants
        FROM range({days}) d(i), {_table(("PF", "PJ"), "entity")}, {_table(PRODUCTS, "product")},
             {_table(TIERS, "price_tier")}, {_table(ANTICIPATIONS, "anticipation_method")},
             {_table(METHODS, "payment_method")}, range(12) n(i)
        ORDER BY d.i
    """
    written = connection.execute(f"COPY ({facts}) TO '{path}' (HEADER, DELIMITER ',')").fetchone()
    connection.close()
    return int(written[0])


if __name__ == "__main__":
    import sys

    print(generate(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else DAYS), "rows")
