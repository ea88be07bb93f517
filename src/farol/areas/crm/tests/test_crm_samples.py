"""Figures of two real exports, worked out independently from their CSV files."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median

import pytest
from click.testing import CliRunner
from django.test import override_settings

from farol.areas.crm.files.loading import load
from farol.areas.crm.models import QualityRun
from farol.cli.root import build
from farol.engines.sources.loader import LoadRequest, silent

ROOT = Path(__file__).resolve().parents[5]
SHARED = ROOT.parent / "shared" / "data"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data, which is beside the project"),
]
DEALS, CLICKS, TEAMS = (SHARED / "crm" / name for name in ("sales_pipeline.csv", "clicks.csv", "sales_teams.csv"))
LEADS, CLOSED = (
    SHARED / "olist_funnel" / f"olist_{name}_dataset.csv" for name in ("marketing_qualified_leads", "closed_deals")
)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def farol(*words: str) -> dict:
    done = CliRunner().invoke(build(), [*words, "--format", "json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def asked(model: str, measures: str, period: str, by: str = "") -> list[dict]:
    return farol("query", model, "--measures", measures, "--period", period, *(["--by", by] if by else []))["rows"]


def cents(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def percent(part: int, whole: int) -> float:
    return float((Decimal(100 * part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP))


@pytest.fixture(scope="module")
def company(tmp_path_factory, django_db_setup, django_db_blocker):
    """The deals of a trading company with its clicks as leads; what the load said."""
    yield from _loaded(tmp_path_factory, django_db_blocker, "crm", deals=DEALS, leads=CLICKS, users=TEAMS)


@pytest.fixture(scope="module")
def marketplace(tmp_path_factory, django_db_setup, django_db_blocker):
    """The leads of a marketplace and the deals that some of them became."""
    yield from _loaded(tmp_path_factory, django_db_blocker, "olist", deals=CLOSED, leads=LEADS)


def _loaded(tmp_path_factory, blocker, name: str, **files: Path):
    with override_settings(FAROL_HOME=tmp_path_factory.mktemp(name).resolve()), blocker.unblock():
        extra = {"mapping": str(ROOT / f"tests/data/{name}.toml"), **{t: str(path) for t, path in files.items()}}
        yield load(LoadRequest(extra=extra), "1", silent)
        QualityRun.objects.all().delete()  # no transaction of a test takes back what a module's fixture wrote


ALL = "2016-11-14..2017-07-31"


def test_every_row_of_the_company_is_there(company):
    assert (company.rows_read, company.rows_new, company.rows_rejected) == (24_193, 24_193, 0)
    answer = farol("query", "deals", "--measures", "deals")
    assert answer["complete_until"] == "2017-07-31"


def test_deals_of_the_company(company):
    rows = lines(DEALS)
    won = [r for r in rows if r["deal_stage"] == "Won"]
    values = [Decimal(r["close_value"]) for r in won if r["close_value"] and Decimal(r["close_value"]) > 0]
    cycles = [(dt.date.fromisoformat(r["close_date"]) - dt.date.fromisoformat(r["created_on"])).days for r in won]
    (row,) = asked(
        "deals", "won,lost,win_rate,revenue,average_ticket,won_without_value,cycle_days_median,cycle_days_mean", ALL
    )
    assert (row["won"], row["lost"]) == (2073, 1451)
    assert row["won"] == len(won)
    assert row["revenue"] == cents(sum(values))
    assert row["average_ticket"] == cents(sum(values) / len(values))
    assert row["won_without_value"] == len(won) - len(values)
    assert row["win_rate"] == percent(2073, 2073 + 1451)
    assert row["cycle_days_median"] == median(cycles)
    assert row["cycle_days_mean"] == round(sum(cycles) / len(cycles), 4)


@pytest.mark.parametrize(("dimension", "column"), [("responsible", "sales_agent"), ("product", "product")])
def test_deals_by_agent_and_by_product(company, dimension, column):
    found = {
        r[dimension]: (r["won"], r["lost"], r["revenue"]) for r in asked("deals", "won,lost,revenue", ALL, dimension)
    }
    assert found == _by(lines(DEALS), lambda row: row[column])


def test_deals_by_team(company):
    team = {row["sales_agent"]: row["regional_office"] for row in lines(TEAMS)}
    assert _asked_by("team") == _by(lines(DEALS), lambda row: team[row["sales_agent"]])


def _asked_by(dimension: str) -> dict[str, tuple[int, int, str]]:
    return {
        r[dimension]: (r["won"], r["lost"], r["revenue"]) for r in asked("deals", "won,lost,revenue", ALL, dimension)
    }


def _by(rows: list[dict[str, str]], key) -> dict[str, tuple[int, int, str]]:
    """Won, lost and revenue of the closed deals."""
    won, lost, revenue = Counter(), Counter(), defaultdict(Decimal)
    for row in rows:
        won[key(row)] += row["deal_stage"] == "Won"
        lost[key(row)] += row["deal_stage"] == "Lost"
        if row["deal_stage"] == "Won" and row["close_value"]:
            revenue[key(row)] += Decimal(row["close_value"])
    return {name: (won[name], lost[name], cents(revenue[name])) for name in won if won[name] or lost[name]}


def test_the_clicks_of_the_company_are_its_leads(company):
    clicks = Counter(row["source"] for row in lines(CLICKS))
    found = {row["source"]: row["leads"] for row in asked("leads", "leads", ALL, "source") if row["leads"]}
    assert found == dict(clicks)
    assert sum(found.values()) == 16_420
    channels = {row["channel"]: row["leads"] for row in asked("leads", "leads", ALL, "channel") if row["leads"]}
    assert channels["paid"] == clicks["Paid"]
    assert channels["referral"] == clicks["Referral"]


def test_leads_and_won_deals_of_the_marketplace_by_origin(marketplace):
    assert marketplace.rows_read == 4171 + 189
    won = {row["mql_id"] for row in lines(CLOSED)}
    leads, sold = Counter(), Counter()
    for row in lines(LEADS):
        leads[row["origin"]] += 1
        sold[row["origin"]] += row["mql_id"] in won
    period = "2017-06-01..2018-02-28"
    found = {r["source"]: r for r in asked("leads", "leads,won,conversion", period, "source")}
    assert sum(row["leads"] for row in found.values()) == 4171
    assert sum(row["won"] for row in found.values()) == len(won) == 189
    for origin in ("organic_search", "paid_search", "social", "referral", "direct_traffic"):
        row = found[origin]
        assert (row["leads"], row["won"]) == (leads[origin], sold[origin]), origin
        assert row["conversion"] == percent(sold[origin], leads[origin]), origin
    unknown = found["Não especificado"]
    assert unknown["leads"] == leads["unknown"] + leads[""]


def test_conversion_of_the_marketplace_by_month_of_the_lead(marketplace):
    won = {row["mql_id"] for row in lines(CLOSED)}
    leads, sold = Counter(), Counter()
    for row in lines(LEADS):
        month = row["first_contact_date"][:7]
        leads[month] += 1
        sold[month] += row["mql_id"] in won
    for month in ("2017-10", "2017-12", "2018-01", "2018-02"):
        (row,) = asked("leads", "leads,won,conversion", month)
        assert (row["leads"], row["won"]) == (leads[month], sold[month]), month
        assert row["conversion"] == percent(sold[month], leads[month]), month
