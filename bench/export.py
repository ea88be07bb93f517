"""XLSX of 500,000 rows streamed, beside pandas with XlsxWriter."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bench.harness import HOME, SCRATCH, Row, child, installation, published_file, rivals_python

OURS = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "farol.config.settings"
django.setup()
from farol.engines.warehouse import open_reader
from farol.platform.exports import Column, xlsx
names = ["day", "entity", "product", "price_tier", "payment_method", "installments", "quantity_transactions"]
kinds = ["date", "text", "text", "text", "text", "integer", "integer"]
with open_reader("payments") as reader:
    sql = "SELECT " + ", ".join(names) + " FROM " + reader.table("kpi_daily") + " LIMIT 500000"
    rows = (row for block in reader.stream(sql, 5000) for row in block)
    xlsx(sys.argv[1], [Column(n, n, k) for n, k in zip(names, kinds)], rows)
"""
PANDAS = """
import sys, duckdb
frame = duckdb.connect(sys.argv[1], read_only=True).execute("SELECT day, entity, product, price_tier, payment_method, "
    "installments, quantity_transactions FROM kpi_daily LIMIT 500000").df()
frame.to_csv(sys.argv[2])
"""


def run() -> Iterator[Row]:
    installation()
    target = SCRATCH / "export.xlsx"
    ours, memory, _ = child(sys.executable, "-c", OURS, target, env={"FAROL_HOME": str(HOME)})
    rival, rival_memory, _ = child(rivals_python(), "-c", PANDAS, published_file(), SCRATCH / "export.csv")
    what = f"XLSX of 500,000 rows ({target.stat().st_size / 2**20:.0f} MiB)"
    yield Row(
        what,
        f"{ours:.1f} s, {memory:.0f} MiB",
        f"pandas to CSV only: {rival:.1f} s, {rival_memory:.0f} MiB",
        "",
        "< 300 MiB",
    )
