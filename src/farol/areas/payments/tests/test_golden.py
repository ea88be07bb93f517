"""Figures of the real sample, worked out independently from its CSV."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from django.test import override_settings

from farol.areas.payments.load import LOADERS
from farol.cli.root import build
from farol.engines.sources.loader import FileToLoad, LoadRequest, silent

SAMPLE = Path(__file__).resolve().parents[6] / "shared" / "data" / "payments" / "Operations_analyst_data.csv"
CENT = Decimal("0.01")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SAMPLE.exists(), reason="needs ../shared/data/payments, which is beside the project"),
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    with override_settings(FAROL_HOME=tmp_path_factory.mktemp("home").resolve()):
        LOADERS[0].load(LoadRequest(files=(FileToLoad(SAMPLE, SAMPLE.name),)), "golden", silent)
        yield


@pytest.fixture(scope="module")
def lines():
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return [
            {**row, "amount": Decimal(row["amount_transacted"]), "quantity": int(row["quantity_transactions"])}
            for row in csv.DictReader(file)
        ]


def farol(*words: str) -> dict:
    done = CliRunner().invoke(build(), [*words, "--format", "json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_figures_of_the_last_day(loaded, lines):
    found = farol("query", "payments", "--measures", "tpv,transactions,average_ticket", "--compare", "d1,w1,m1,m30,y1")
    (row,) = found["rows"]
    assert found["complete_until"] == "2025-02-28"
    totals = defaultdict(lambda: [Decimal(), 0])
    for line in lines:
        totals[line["day"]][0] += line["amount"]
        totals[line["day"]][1] += line["quantity"]
    tpv, count = totals["2025-02-28"]
    assert row["tpv"] == str(tpv)
    assert row["transactions"] == count
    assert row["average_ticket"] == str((tpv / count).quantize(CENT, ROUND_HALF_UP))
    bases = {"d1": "2025-02-27", "w1": "2025-02-21", "m1": "2025-01-28", "m30": "2025-01-29"}
    for name, day in bases.items():
        base, base_count = totals[day]
        of_tpv, of_count = (row["compare"][m][name] for m in ("tpv", "transactions"))
        assert list(of_tpv) == ["base_date", "base", "delta", "pct"]
        assert (of_tpv["base_date"], of_tpv["base"], of_tpv["delta"]) == (day, str(base), str(tpv - base))
        assert of_tpv["pct"] == float(((tpv - base) * 100 / base).quantize(Decimal("0.0001"), ROUND_HALF_UP))
        assert (of_count["base"], of_count["delta"]) == (base_count, count - base_count)
    missing = {"base_date": "2024-02-28", "base": None, "delta": None, "pct": None}
    assert all(row["compare"][m]["y1"] == missing for m in row["compare"])


@pytest.mark.parametrize("by", ["product", "entity,payment_method", "installments", "day,price_tier"])
def test_groups_of_february(loaded, by):
    names = by.split(",")
    found = farol(
        "query", "payments", "--measures", "tpv,transactions,installment_share", "--by", by, "--period", "2025-02"
    )
    columns = ", ".join(names)
    expected = duckdb.execute(
        f"""
        SELECT {columns}, sum(CAST(amount_transacted AS DECIMAL(18, 2))), sum(quantity_transactions),
               sum(CASE WHEN installments > 1 THEN CAST(amount_transacted AS DECIMAL(18, 2)) ELSE 0 END)
        FROM read_csv('{SAMPLE}', types = {{'amount_transacted': 'VARCHAR'}})
        WHERE day BETWEEN DATE '2025-02-01' AND DATE '2025-02-28'
        GROUP BY {columns} ORDER BY {columns}
        """
    ).fetchall()
    assert len(found["rows"]) == len(expected)
    for row, (*group, tpv, count, installed) in zip(found["rows"], expected, strict=True):
        assert [str(row[name]) for name in names] == [str(value) for value in group]
        assert (row["tpv"], row["transactions"]) == (str(tpv), count)
        assert row["installment_share"] == pytest.approx(float(installed * 100 / tpv), abs=0.0001)


def test_shares_and_tpv_without_the_largest_segment(loaded, lines):
    flags = ("--period", "2025-02-14")
    (whole,) = farol("query", "payments", "--measures", "tpv,tpv_ex_top", *flags)["rows"]
    segments = defaultdict(Decimal)
    for line in lines:
        if line["day"] == "2025-02-14":
            segments[line["entity"], line["product"], line["payment_method"]] += line["amount"]
    assert len(segments) == 14
    assert whole["tpv_ex_top"] == str(sum(segments.values()) - max(segments.values()))
    shares = farol("query", "payments", "--measures", "tpv_share", "--by", "entity,product,payment_method", *flags)
    assert sum(row["tpv_share"] for row in shares["rows"]) == pytest.approx(100, abs=0.001)


def test_merchants_at_the_grain_of_the_file(loaded, lines):
    grain = "entity,product,price_tier,anticipation_method,payment_method,installments"
    rows = farol("query", "payments", "--measures", "merchants", "--by", grain, "--period", "2025-01-15")["rows"]
    expected = {
        tuple(line[name] for name in grain.split(",")): int(line["quantity_of_merchants"])
        for line in lines
        if line["day"] == "2025-01-15"
    }
    assert {tuple(str(row[name]) for name in grain.split(",")): row["merchants"] for row in rows} == expected
    refused = CliRunner().invoke(build(), ["query", "payments", "--measures", "merchants", "--by", "product"])
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "not_additive" in refused.stderr


def test_what_moved_adds_up(loaded, lines):
    words = ("explain", "payments", "--measure", "tpv", "--date", "2025-02-10", "--against", "w1")
    for by in (("--by", "product,payment_method"), ("--by", "price_tier"), ()):
        found = farol(*words, *by)
        days = {day: sum(li["amount"] for li in lines if li["day"] == day) for day in ("2025-02-10", "2025-02-03")}
        assert Decimal(found["value"]) == days["2025-02-10"]
        assert Decimal(found["base"]) == days["2025-02-03"]
        assert Decimal(found["delta"]) == days["2025-02-10"] - days["2025-02-03"]
        assert sum(Decimal(s["delta"]) for s in found["segments"]) == Decimal(found["delta"])
        effects = [Decimal(s[e]) for s in found["segments"] for e in ("volume_effect", "ticket_effect")]
        assert sum(effects) == Decimal(found["delta"])
        named = [s["segment"] for s in found["segments"]]
        assert all(segment in named for segment in found["explained_by"])


def test_carnival_is_named(loaded):
    day = dt.date(2025, 2, 28).isoformat()
    done = CliRunner().invoke(build(), ["query", "payments", "--measures", "tpv", "--period", day, "--compare", "y1"])
    assert done.exit_code == 0
    assert "—" in done.stdout
