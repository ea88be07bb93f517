"""The KPI query on ten million facts: the engine, the same SQL straight to DuckDB, pandas and a Streamlit page."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from typing import Any

import duckdb

from bench.harness import SCRATCH, Row, django, median_ms, published_file, rival, rivals_python

FROM, TO = dt.date(2025, 9, 1), dt.date(2025, 11, 30)
FILTERS = {"payment_method": ("credit", "debit"), "entity": ("PJ",), "price_tier": ("normal", "aggressive", "starter")}
MEASURES = ("tpv", "transactions", "average_ticket", "tpv_share", "installment_share")

# The replaced system's way: the window into a data frame, masks, group by, merges for the comparisons.
PANDAS = """
import json, sys, time, duckdb, pandas as pd
path, first, last, filters = sys.argv[1], *map(pd.Timestamp, sys.argv[2:4]), json.loads(sys.argv[4])
def once():
    connection = duckdb.connect(path, read_only=True)
    frame = connection.execute("SELECT * FROM kpi_daily WHERE day BETWEEN ? AND ?",
                               [(first - pd.Timedelta(days=31)).date(), last.date()]).df()
    connection.close()
    frame = frame[(frame.amount_centavos > 0) & (frame.quantity_transactions > 0)]
    for column, values in filters.items():
        frame = frame[frame[column].isin(values)]
    frame["parts"] = frame.amount_centavos.where(frame.installments > 1, 0)
    keys = ["day", "product"]
    sums = frame.groupby(keys)[["amount_centavos", "quantity_transactions", "parts"]].sum().reset_index()
    sums["ticket"] = sums.amount_centavos / sums.quantity_transactions
    sums["share"] = sums.amount_centavos / sums.amount_centavos.sum()
    out = sums[(sums.day >= first) & (sums.day <= last)]
    for name, shift in (("d1", pd.DateOffset(days=1)), ("w1", pd.DateOffset(days=7)), ("m1", pd.DateOffset(months=1))):
        base = sums.assign(day=sums.day + shift)[[*keys, "amount_centavos", "quantity_transactions", "ticket"]]
        out = out.merge(base, on=keys, how="left", suffixes=("", "_" + name))
    return len(out)
once()
samples = []
for _ in range(5):
    started = time.perf_counter(); once(); samples.append(1000 * (time.perf_counter() - started))
print(json.dumps(sorted(samples)[2]))
"""

STREAMLIT = """
import json, sys, time
from streamlit.testing.v1 import AppTest
page = '''
import sys, duckdb, streamlit as st
connection = duckdb.connect(sys.argv[1], read_only=True)
frame = connection.execute("SELECT day, product, SUM(amount_centavos) / 100 AS tpv, "
    "SUM(quantity_transactions) AS transactions FROM kpi_daily "
    "WHERE day BETWEEN ? AND ? AND amount_centavos > 0 AND quantity_transactions > 0 "
    "GROUP BY ALL ORDER BY day", sys.argv[2:4]).df()
connection.close()
st.title("KPI")
st.metric("TPV", f"{frame.tpv.sum():,.2f}")
st.line_chart(frame.pivot(index="day", columns="product", values="tpv"))
st.dataframe(frame)
'''
app = AppTest.from_string(page, default_timeout=60)
app.run()
assert not app.exception, app.exception
samples = []
for _ in range(5):
    started = time.perf_counter(); app.run(); samples.append(1000 * (time.perf_counter() - started))
print(json.dumps(sorted(samples)[2]))
"""


def run() -> Iterator[Row]:
    django()
    from farol.engines.metrics import Period, Query, cache
    from farol.engines.metrics import run as ask
    from farol.platform.accounts.principal import SYSTEM

    question = Query("payments", MEASURES, ("day", "product"), FILTERS, Period(FROM, TO), ("d1", "w1", "m1"))

    def fresh() -> Any:
        cache.clear()
        return ask(question, SYSTEM)

    statements = recorded(fresh)
    path = published_file()
    twin = shutil.copy(path, SCRATCH / "straight.duckdb")  # one process may open a file with one configuration only
    connection = duckdb.connect(twin, read_only=True, config={"threads": 2})
    straight = median_ms(lambda: [connection.execute(sql, params).fetchall() for sql, params in statements])
    ours, cached = median_ms(fresh), median_ms(lambda: ask(question, SYSTEM))
    pandas = rival(rivals_python(), "-c", PANDAS, path, FROM, TO, json.dumps(FILTERS))
    streamlit = rival(rivals_python(), "-c", STREAMLIT, path, FROM, TO)
    what = "KPI query, 91 days x product, 5 measures, 3 comparisons, 10 M facts"
    yield Row(
        what, f"{ours:.0f} ms", f"same SQL straight to DuckDB {straight:.0f} ms", f"{ours / straight:.2f} x", "≤ 1.3 x"
    )
    yield Row("… the same", f"{ours:.0f} ms", f"pandas {pandas:.0f} ms", f"{pandas / ours:.0f} x faster", "≥ 20 x")
    yield Row(
        "… the same, simpler, as a page",
        f"{ours:.0f} ms",
        f"Streamlit page {streamlit:.0f} ms",
        f"{streamlit / ours:.1f} x faster",
        "",
    )
    yield Row("… asked again (cache)", f"{cached:.1f} ms", "", "", "")


def recorded(action: Any) -> list[tuple[str, list[Any]]]:
    """The statements, with their values, that `action` sends to the warehouse."""
    from farol.engines.warehouse import open_reader

    with open_reader("payments") as reader:
        kind = type(reader)
    original, sent = kind.rows, []

    def rows(self: Any, sql: str, params: Any = ()) -> Any:
        sent.append((sql, list(params)))
        return original(self, sql, params)

    kind.rows = rows
    try:
        action()
    finally:
        kind.rows = original
    return sent
