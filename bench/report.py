"""The figures of the daily report with all alerts on ten million facts, beside pandas doing the z rule alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.harness import Row, django, published_file, rival, rivals_python

# The replaced system's alerts: 60 days into a data frame, segments of three dimensions, mean and deviation of 28 days.
PANDAS = """
import json, sys, time, duckdb, pandas as pd
def once():
    connection = duckdb.connect(sys.argv[1], read_only=True)
    last = connection.execute("SELECT max(day) FROM kpi_daily").fetchone()[0]
    frame = connection.execute("SELECT * FROM kpi_daily WHERE day > ?::DATE - 60", [last]).df()
    connection.close()
    frame = frame[(frame.amount_centavos > 0) & (frame.quantity_transactions > 0)]
    keys = ["entity", "product", "payment_method"]
    found = 0
    for _, part in frame.groupby(keys):
        daily = part.groupby("day")[["amount_centavos", "quantity_transactions"]].sum()
        daily["ticket"] = daily.amount_centavos / daily.quantity_transactions
        before, today = daily.iloc[:-1].tail(28), daily.iloc[-1]
        for column in ("amount_centavos", "ticket"):
            found += (today[column] - before[column].mean()) / before[column].std() < -2
    return found
once()
started = time.perf_counter(); once()
print(json.dumps(time.perf_counter() - started))
"""


def run() -> Iterator[Row]:
    django()
    from farol.areas.payments.report import REPORTS
    from farol.engines.alerts.detection import detect, watching
    from farol.engines.metrics import cache
    from farol.engines.reports.definition import make
    from farol.engines.warehouse import open_reader
    from farol.platform.accounts.principal import SYSTEM

    with open_reader("payments") as reader:
        day = reader.complete_until
    cache.clear()
    started = time.perf_counter()
    (rules,) = watching("payments")
    detection = detect(rules, day, SYSTEM)
    alerts = time.perf_counter() - started
    cache.clear()
    started = time.perf_counter()
    make(REPORTS[0], day, SYSTEM, "pt-br")
    whole = time.perf_counter() - started
    pandas = rival(rivals_python(), "-c", PANDAS, published_file())
    what = f"alerts alone: {detection.checked} series of segments checked"
    yield Row(what, f"{alerts:.2f} s", f"pandas, z rule on its segments alone {pandas:.2f} s", "", "")
    yield Row("figures of the daily report with all alerts", f"{whole:.2f} s", "", "", "< 3 s")
