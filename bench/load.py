"""`farol load payments` of ten million rows beside DuckDB's own CSV import into the same table."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator

from bench.harness import HOME, SCRATCH, Row, child, facts, farol

IMPORT = """
import duckdb, sys
c = duckdb.connect(sys.argv[2], config={"memory_limit": "512MB"})
c.execute('''CREATE TABLE kpi_daily (day DATE, entity TEXT, product TEXT, price_tier TEXT, anticipation_method TEXT,
  payment_method TEXT, installments INTEGER, merchant TEXT, amount_centavos BIGINT, quantity_transactions BIGINT,
  quantity_of_merchants BIGINT, fee_centavos BIGINT, cost_centavos BIGINT, chargeback_centavos BIGINT, extra TEXT)''')
c.execute('''INSERT INTO kpi_daily SELECT day, entity, product, price_tier, anticipation_method, payment_method,
  installments, '', CAST(amount_transacted * 100 AS BIGINT), quantity_transactions, quantity_of_merchants,
  NULL, NULL, NULL, NULL FROM read_csv(?, types={'amount_transacted': 'DECIMAL(18,2)'}) ORDER BY day''', [sys.argv[1]])
c.execute("CHECKPOINT")
print(c.execute("SELECT count(*) FROM kpi_daily").fetchone()[0])
"""


def run() -> Iterator[Row]:
    source = facts()
    shutil.rmtree(HOME, ignore_errors=True)
    farol("init")
    target = SCRATCH / "rival.duckdb"
    target.unlink(missing_ok=True)
    rival, rival_memory, _ = child(sys.executable, "-c", IMPORT, source, target)
    ours, memory, output = farol("load", "payments", str(source), "--json")
    rows = json.loads(output)["rows_new"]
    yield Row(
        f"load {rows:,} rows of CSV: checked, merged by grain, published",
        f"{ours:.1f} s",
        f"DuckDB's CSV import {rival:.1f} s",
        f"{ours / rival:.2f} x",
        "≤ 2 x",
    )
    yield Row("peak memory of that load", f"{memory:.0f} MiB", f"{rival_memory:.0f} MiB", "", "≤ 1,024 MiB")
    again, _, _ = farol("load", "payments", str(source), "--json")
    yield Row("the same file again (changes nothing)", f"{again:.1f} s", "", "", "")
