"""What a question may name, and what it answers when it may not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.core.errors import BadInput
from farol.engines.metrics import MissingColumn, NotAdditive, Period, Query, ask, parse_period
from farol.engines.metrics.answer import answer

from .conftest import fact

DAY = dt.date(2025, 2, 14)
GRAIN = ["entity", "product", "price_tier", "anticipation_method", "payment_method", "installments"]
HOSTILE = [
    "tpv; DROP TABLE kpi_daily",
    "tpv) UNION SELECT 1 --",
    "1=1",
    "''",
    '"',
    "`tpv`",
    "tpv/*",
    "*",
    "amount_centavos",
    "extra",
    "kpi_daily.day",
    "TPV",
    "tpv ",
    "tpv\x00",
    "tpv\n",
    "..",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s",
    "%(x)s",
    "?",
    "$1",
    ":p0",
    "t0",
    "s0c0",
    "side",
    "source_day",
    "present",
    "__class__",
    "constructor",
    "True",
    "None",
    "0",
    "-1",
    "١",
    "ｔｐｖ",
    "tpv\u202e",
    "a" * 5000,
    "tpv desc",
    "(select 1)",
    "pg_sleep(5)",
    "read_csv('/etc/passwd')",
    "sqlite_master",
    "information_schema.tables",
    "tpv::text",
    "case when 1 then 1 end",
    "\\",
    "\ud800",
    "<script>",
]


@pytest.fixture(scope="module")
def reader(duck):
    days = [fact(DAY - dt.timedelta(days=i), 1000 + i, 2, installments=1 + i % 2) for i in range(10)]
    return duck([*days, fact(DAY, 500, 1, product="pix")])


def run(reader, *measures, **options):
    return answer(reader, Query("payments", measures or ("tpv",), **options), {}).rows


def test_hostile_list_is_long_enough():
    assert len(HOSTILE) >= 50


@pytest.mark.parametrize("key", HOSTILE)
def test_hostile_names_are_refused_by_field(reader, key):
    for field, options in (
        ("by", {"by": [key]}),
        ("where", {"where": {key: ["x"]}}),
        ("order", {"order": [(key, "desc")]}),
        ("order", {"order": [("tpv", key)]}),
        ("compare", {"compare": [key]}),
    ):
        with pytest.raises(BadInput) as error:
            run(reader, **options)
        assert error.value.field == field
        assert len(str(error.value)) < 400
    with pytest.raises(BadInput) as error:
        run(reader, key)
    assert error.value.field == "measures"


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_only_values(reader, value):
    if len(value) > 500 or "\x00" in value or "\ud800" in value:
        with pytest.raises(BadInput) as error:
            run(reader, where={"product": [value]})
        assert error.value.field == "where.product"
    else:
        assert run(reader, where={"product": [value]}) == [{"tpv": None}]
    for name in ("installments", "day", "kind"):
        with pytest.raises(BadInput) as error:
            run(reader, where={name: ["x" + value]})
        assert error.value.field == f"where.{name}"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"where": {"product": [1]}}, "where.product"),
        ({"where": {"product": []}}, "where.product"),
        ({"where": {"product": None}}, "where.product"),
        ({"where": {"product": ["x"] * 2000}}, "where.product"),
        ({"where": {"installments": [True]}}, "where.installments"),
        ({"where": {"installments": [1.5]}}, "where.installments"),
        ({"where": {"installments": ["9" * 30]}}, "where.installments"),
        ({"where": ["product"]}, "where"),
        ({"by": "product"}, "by"),
        ({"by": [["product"]]}, "by"),
        ({"limit": 0}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": 10**9}, "limit"),
        ({"limit": "5"}, "limit"),
    ],
)
def test_wrong_types_name_the_field(reader, options, field):
    with pytest.raises(BadInput) as error:
        run(reader, **options)
    assert error.value.field == field


def test_near_names_are_offered(reader):
    with pytest.raises(BadInput, match="transactions"):
        run(reader, "transaction")
    with pytest.raises(BadInput, match="payment_method"):
        run(reader, by=["paymentmethod"])
    with pytest.raises(BadInput, match="saturday"):
        run(reader, where={"kind": ["saturdays"]})


def test_merchants_only_at_the_grain_of_the_file(reader):
    for options in ({}, {"by": ["product"]}, {"by": GRAIN, "period": parse_period("2025-02-10..2025-02-14")}):
        with pytest.raises(NotAdditive, match="not_additive") as error:
            run(reader, "merchants", **options)
        assert error.value.code == "not_additive"
    assert len(run(reader, "merchants", by=GRAIN)) == 2
    rows = run(reader, "merchants", by=["day", *GRAIN], period=parse_period("2025-02"))
    assert {row["merchants"] for row in rows} == {1}
    (row,) = run(reader, "merchants", by=[d for d in GRAIN if d != "product"], where={"product": ["pix"]})
    assert row["merchants"] == 1
    (row,) = run(reader, "merchants_upper_bound", period=parse_period("2025-02"))
    assert row["merchants_upper_bound"] == 11


@pytest.mark.parametrize(
    ("measure", "column"),
    [
        ("take_rate", "fee"),
        ("margin", "fee"),
        ("chargeback_rate", "chargeback"),
        ("tpv_ex_top_merchants", "merchant"),
    ],
)
def test_what_the_file_never_brought_is_named(reader, measure, column):
    with pytest.raises(MissingColumn) as error:
        run(reader, measure)
    assert error.value.column == column
    assert error.value.code == "missing_column"
    with pytest.raises(MissingColumn):
        run(reader, by=["merchant"])


def test_optional_measures_where_the_file_brings_them(duck):
    rows = [
        fact(DAY, 10_000 * i, 1, merchant=f"m{i}", fee_centavos=300 * i, cost_centavos=100 * i, chargeback_centavos=0)
        for i in range(1, 13)
    ]
    reader = duck(rows)
    names = ("take_rate", "margin", "chargeback_rate", "tpv_ex_top_merchants")
    (row,) = run(reader, *names)
    assert [row[name] for name in names] == [3, 156, 0, 300]
    assert len(run(reader, by=["merchant"])) == 12


def test_default_period_is_the_last_complete_day(duck):
    reader = duck([fact(DAY - dt.timedelta(days=i), 1000, 2) for i in range(3)])
    reader.complete_until = DAY - dt.timedelta(days=1)
    (row,) = run(reader, by=["day"])
    assert row["day"] == DAY - dt.timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["2025", "2025-2", "2025-02-30", "2025-02-14..2025-02-01", "14/02/2025", "", "..", "٢٠٢٥-٠٢"]
)
def test_bad_periods(text):
    with pytest.raises(BadInput) as error:
        parse_period(text)
    assert error.value.field == "period"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2195, 1, 1)), st.integers(0, 3000))
def test_periods_survive_their_text(start, days):
    period = Period(start, start + dt.timedelta(days=days))
    assert parse_period(str(period)) == period


def test_flags_of_the_command_line():
    query = ask.query_of(
        "payments",
        measures="tpv, transactions",
        by="day,product",
        where=['product=pix,"a, ""b"""', "product=pos"],
        period="2025-02",
        order="-tpv,day:asc,product",
    )
    assert query.measures == ["tpv", "transactions"]
    assert query.where == {"product": ["pix", 'a, "b"', "pos"]}
    assert query.order == [("tpv", "desc"), ("day", "asc"), ("product", "asc")]
    with pytest.raises(BadInput):
        ask.conditions(["product"])
