"""The same facts and questions on every engine, each answer worked out in plain Python as well."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
import sqlglot

from farol.engines.metrics import Period, Query, parse_period
from farol.engines.metrics.answer import answer
from farol.engines.metrics.compiler import compile_sql
from farol.engines.metrics.drill import rows_behind
from farol.engines.metrics.expected import expected
from farol.engines.metrics.facts import Facts, facts_of
from farol.engines.metrics.formulas import Newcomers, Sum
from farol.engines.metrics.query import resolve
from farol.engines.metrics.sums import Sides, shape_of
from farol.platform.calendar import default, shift

from .conftest import FACT_COLUMNS, TableReader, fact

START, END = dt.date(2025, 1, 1), dt.date(2025, 3, 31)
PRODUCTS = ("pos", "pix", "maçã 'ã\"%s", "Ω;--")


def sample() -> list[tuple]:
    """90 days of four products, with a gap of one day, a zero row, a negative one, and a product that comes late."""
    rows = []
    for i, product, method in itertools.product(range(90), PRODUCTS, ("credit", "debit")):
        day = START + dt.timedelta(days=i)
        if day == dt.date(2025, 2, 12) or (product == "Ω;--" and i < 30):
            continue
        amount = 100_000 + 7919 * i * (1 + PRODUCTS.index(product)) % 50_021 + (13 if method == "debit" else 0)
        rows.append(
            fact(day, amount, 1 + i % 7, product=product, payment_method=method, installments=1 + i % 3, entity="PF")
        )
    return [
        *rows,
        fact("2025-03-01", 0, 5, product="pos", entity="PJ"),
        fact("2025-03-01", -700, 5, product="pos", entity="PJ"),
        fact("2025-03-01", 900, 0, product="pos", entity="PJ"),
        fact("2025-03-02", 1_000, 3, product=None, entity="PJ"),
    ]


SAMPLE = sample()
ROWS = [dict(zip(FACT_COLUMNS, row, strict=True)) for row in SAMPLE]
KEPT = [r for r in ROWS if r["amount_centavos"] > 0 and r["quantity_transactions"] > 0]
DAYS = {r["day"] for r in KEPT}


def tpv(days: set[dt.date], **where: Any) -> int:
    return sum(r["amount_centavos"] for r in KEPT if r["day"] in days and all(r[k] == v for k, v in where.items()))


def reais(centavos: int) -> Decimal:
    return Decimal(centavos).scaleb(-2)


@pytest.fixture(scope="module")
def reader(load):
    return load(SAMPLE)


def ask(reader, *measures, rules=None, **options):
    return answer(reader, Query("payments", measures, **options), rules or {}).rows


def test_one_day(reader):
    (row,) = ask(reader, "tpv", "transactions", "average_ticket")
    assert row["tpv"] == reais(tpv({END}))
    count = sum(r["quantity_transactions"] for r in KEPT if r["day"] == END)
    assert row["transactions"] == count
    assert type(row["transactions"]) is int
    assert row["average_ticket"] == Decimal(tpv({END})) / count / 100


def test_base_filter_leaves_out_rows_without_amount_or_quantity(reader):
    day = dt.date(2025, 3, 1)
    (row,) = ask(reader, "tpv", period=Period(day, day), where={"entity": ["PJ"]})
    assert row == {"tpv": None}


@pytest.mark.parametrize("name", ["d1", "w1", "m1", "m30", "y1"])
def test_comparison_of_every_day(reader, name):
    period = parse_period("2025-03-01..2025-03-31")
    rows = ask(reader, "tpv", by=["day"], period=period, compare=[name])
    assert [row["day"] for row in rows] == period.days
    for row in rows:
        base_day, found = shift(row["day"], name), row["compare"]["tpv"][name]
        assert found.base_date == base_day
        if base_day not in DAYS:
            assert (found.base, found.delta, found.pct) == (None, None, None)
            continue
        base = reais(tpv({base_day}))
        assert found.base == base
        assert found.delta == row["tpv"] - base
        assert found.pct == (row["tpv"] - base) * 100 / base


def test_range_sums_distinct_base_days(reader):
    """28 to 31 March all fall on 28 February: it counts once."""
    (row,) = ask(reader, "tpv", period=parse_period("2025-03-10..2025-03-31"), compare=["m1", "w1"])
    found = row["compare"]["tpv"]["m1"]
    base = {shift(day, "m1") for day in parse_period("2025-03-10..2025-03-31").days}
    assert dt.date(2025, 2, 12) in base  # the day without data
    assert (found.base, found.delta, found.pct) == (None, None, None)
    (row,) = ask(reader, "tpv", period=parse_period("2025-03-20..2025-03-31"), compare=["m1"])
    base = {shift(day, "m1") for day in parse_period("2025-03-20..2025-03-31").days}
    assert len(base) == 9
    assert row["compare"]["tpv"]["m1"].base == reais(tpv(base))
    found = row["compare"]["tpv"]["m1"]
    assert (found.base_date, found.base_from, found.base_to) == (None, dt.date(2025, 2, 20), dt.date(2025, 2, 28))


def test_whole_month_against_the_whole_month_before(reader):
    (row,) = ask(reader, "tpv", period=parse_period("2025-02"), compare=["m1"])
    january = set(parse_period("2025-01").days)
    found = row["compare"]["tpv"]["m1"]
    assert found.base == reais(tpv(january))
    assert (found.base_from, found.base_to) == (dt.date(2025, 1, 1), dt.date(2025, 1, 31))
    by_month = ask(reader, "tpv", by=["month"], period=parse_period("2025-02-01..2025-03-31"), compare=["m1"])
    assert by_month[0]["compare"]["tpv"]["m1"].base == found.base
    assert by_month[1]["compare"]["tpv"]["m1"].base is None  # February lacks a day


@pytest.mark.parametrize("bucket", ["week", "month", "weekday", "kind"])
def test_buckets_of_days(reader, bucket):
    period = parse_period("2025-01-01..2025-02-11")
    rows = ask(reader, "tpv", "transactions", by=[bucket], period=period, compare=["d1"])
    calendar = facts_of(reader, Query("payments").semantic_model).calendar
    days = defaultdict(set)
    for day in period.days:
        days[calendar[day][bucket]].add(day)
    assert [row[bucket] for row in rows] == sorted(days)
    for row in rows:
        assert row["tpv"] == reais(tpv(days[row[bucket]]))
        base = {shift(day, "d1") for day in days[row[bucket]]}
        known = base <= DAYS
        assert row["compare"]["tpv"]["d1"].base == (reais(tpv(base)) if known else None)


def test_by_group_with_null_and_odd_names(reader):
    day = dt.date(2025, 3, 2)
    rows = ask(reader, "tpv", by=["product"], period=Period(day, day), compare=["w1"], order=[("product", "desc")])
    assert [row["product"] for row in rows] == [*sorted(PRODUCTS, reverse=True), None]
    for row in rows:
        assert row["tpv"] == reais(tpv({day}, product=row["product"]))
        assert row["compare"]["tpv"]["w1"].base == reais(tpv({dt.date(2025, 2, 23)}, product=row["product"]))
    new = rows[-1]["compare"]["tpv"]["w1"]
    assert (new.base, new.delta, new.pct) == (Decimal(0), rows[-1]["tpv"], None)


@pytest.mark.parametrize("product", PRODUCTS)
def test_filter_by_odd_values(reader, product):
    (row,) = ask(reader, "tpv", where={"product": [product]}, compare=["d1"])
    assert row["tpv"] == reais(tpv({END}, product=product))
    assert row["compare"]["tpv"]["d1"].base == reais(tpv({END - dt.timedelta(days=1)}, product=product))


def test_filter_by_days_of_the_calendar(reader):
    period = parse_period("2025-01")
    (row,) = ask(reader, "tpv", period=period, where={"weekday": ["0", 1], "kind": ["business"]}, compare=["w1"])
    calendar = facts_of(reader, Query("payments").semantic_model).calendar
    days = {d for d in period.days if calendar[d]["weekday"] in (0, 1) and calendar[d]["kind"] == "business"}
    assert row["tpv"] == reais(tpv(days))
    assert row["compare"]["tpv"]["w1"].base is None  # the first Monday's base lies in December


def test_order_and_limit(reader):
    rows = ask(reader, "tpv", "average_ticket", by=["day", "product"], period=parse_period("2025-03"), limit=7)
    assert len(rows) == 7
    assert rows[0]["day"] == dt.date(2025, 3, 1)
    for name in ("tpv", "average_ticket"):
        options = {"by": ["day", "product"], "period": parse_period("2025-03")}
        every = ask(reader, "tpv", "average_ticket", **options)
        top = ask(reader, "tpv", "average_ticket", **options, order=[(name, "desc"), ("day", "asc")], limit=5)
        assert [row[name] for row in top] == sorted((row[name] for row in every), reverse=True)[:5]


def test_shares_add_up_and_ignore_the_limit(reader):
    rows = ask(reader, "tpv_share", by=["product"], compare=["w1"])
    assert sum(row["tpv_share"] for row in rows) == pytest.approx(100)
    assert sum(row["compare"]["tpv_share"]["w1"].base for row in rows) == pytest.approx(100)
    top = ask(reader, "tpv_share", by=["product"], order=[("tpv_share", "desc")], limit=1)
    assert top[0]["tpv_share"] == max(row["tpv_share"] for row in rows)


def test_without_the_largest_segment(reader):
    for options, groups in (
        ({}, [{}]),
        ({"by": ["payment_method"]}, [{"payment_method": m} for m in ("credit", "debit")]),
    ):
        rows = ask(reader, "tpv", "tpv_ex_top", compare=["w1"], **options)
        for row, group in zip(rows, groups, strict=True):
            for value, day in (
                (row["tpv_ex_top"], END),
                (row["compare"]["tpv_ex_top"]["w1"].base, dt.date(2025, 3, 24)),
            ):
                segments = defaultdict(int)
                for r in KEPT:
                    if r["day"] == day and all(r[k] == v for k, v in group.items()):
                        segments[r["entity"], r["product"], r["payment_method"]] += r["amount_centavos"]
                assert value == reais(sum(segments.values()) - max(segments.values()))


def test_installment_share(reader):
    (row,) = ask(reader, "installment_share", period=parse_period("2025-03"))
    days = set(parse_period("2025-03").days)
    more = sum(r["amount_centavos"] for r in KEPT if r["day"] in days and r["installments"] > 1)
    assert row["installment_share"] == Decimal(more * 100) / tpv(days)


def test_without_data_exactly_one_row_of_nothing(reader):
    (row,) = ask(reader, "tpv", "transactions", "average_ticket", period=parse_period("2031-05"), compare=["d1"])
    assert (row["tpv"], row["transactions"], row["average_ticket"]) == (None, None, None)
    found = row["compare"]["tpv"]["d1"]
    assert (found.base, found.delta, found.pct) == (None, None, None)
    assert ask(reader, "tpv", by=["product"], period=parse_period("2031-05")) == []


def test_row_rules_are_part_of_every_statement(reader):
    rules = {"product": ("pix",)}
    (row,) = ask(reader, "tpv", compare=["w1"], rules=rules)
    assert row["tpv"] == reais(tpv({END}, product="pix"))
    assert row["compare"]["tpv"]["w1"].base == reais(tpv({dt.date(2025, 3, 24)}, product="pix"))
    (row,) = ask(reader, "tpv", where={"product": ["pos"]}, rules=rules)
    assert row["tpv"] is None
    (row,) = ask(reader, "tpv", rules={"product": ()})
    assert row["tpv"] is None
    (row,) = ask(reader, "tpv", "tpv_share", by=["product"], rules=rules)
    assert row["tpv_share"] == 100
    behind = rows_behind(reader, Query("payments", ["tpv"]), rules)
    assert {line[2] for line in behind.rows} == {"pix"}


def test_rows_behind_are_paged_and_add_up(reader):
    query = Query("payments", ["tpv"], period=parse_period("2025-03"), where={"weekday": [5, 6]})
    (row,) = answer(reader, query, {}).rows
    first = rows_behind(reader, query, {}, limit=10)
    pages = [rows_behind(reader, query, {}, limit=10, offset=at) for at in range(0, first.total, 10)]
    lines = [line for page in pages for line in page.rows]
    assert len(lines) == first.total
    amount = [c.name for c in first.columns].index("amount_centavos")
    assert sum(line[amount] for line in lines) == row["tpv"]


def test_expected_is_the_expected_of_the_sums(reader):
    rows = ask(reader, "tpv", "average_ticket", by=["product"], compare=["expected"], where={"entity": ["PF"]})
    for row in rows:
        series = [r for r in KEPT if r["product"] == row["product"] and r["entity"] == "PF"]
        both = []
        for column in ("amount_centavos", "quantity_transactions"):
            history = defaultdict(float)
            for r in series:
                history[r["day"]] += r[column]
            both.append(Decimal(repr(expected(history, [END], default())[END].value)))
        assert row["compare"]["tpv"]["expected"].base == both[0].scaleb(-2)
        assert row["compare"]["average_ticket"]["expected"].base == (both[0] / both[1]).scaleb(-2)
    (week,) = ask(reader, "tpv", period=parse_period("2025-03-25..2025-03-31"), compare=["expected"])
    days = ask(reader, "tpv", by=["day"], period=parse_period("2025-03-25..2025-03-31"), compare=["expected"])
    assert week["compare"]["tpv"]["expected"].base == sum(d["compare"]["tpv"]["expected"].base for d in days)
    (late,) = ask(reader, "tpv", period=parse_period("2025-01-05"), compare=["expected"])
    assert late["compare"]["tpv"]["expected"].base is None


OTHERS = ("tsql", "bigquery", "clickhouse", "spark", "mysql")


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize(
    ("options", "sums"),
    [
        ({"by": ["product"]}, (Sum("amount_centavos"),)),
        (
            {"by": ["day", "product"], "compare": ["d1", "w1", "m1"]},
            (Sum("amount_centavos"), Sum("b", "installments > 1")),
        ),
        ({"by": ["kind"], "where": {"weekday": [1]}, "compare": ["y1"]}, (Sum("amount_centavos"),)),
        ({"compare": ["m1"], "by": ["product"]}, (Newcomers("merchant"), Newcomers("merchant", kept=True))),
        ({"compare": ["m1"], "where": {"product": ["a'b"]}}, (Sum("a", segment=("product",), beyond_top=2),)),
    ],
)
def test_other_dialects_parse(other, options, sums):
    reader = TableReader(None, END)
    query = Query("payments", ["tpv"], period=parse_period("2025-02"), **options)
    facts = Facts("test", END, frozenset(), {}, frozenset())
    sides = Sides(resolve(query, facts), facts)
    reader.dialect = other
    shape = shape_of(reader, sides, sums, {"entity": ("PF",)}, 2)
    text = compile_sql(shape)
    parsed = sqlglot.parse_one(text, dialect=other)
    assert parsed.find(sqlglot.exp.Sum)
    assert "INTERVAL" not in text.upper()
    assert not set(parsed.find_all(sqlglot.exp.DateAdd, sqlglot.exp.DateSub))
