"""The first whole capability as a newcomer lives it, through the command line alone, on a file Farol has never seen."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import subprocess
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from farol.areas.payments import demo
from farol.platform import calendar

AS_OF = dt.date(2026, 3, 2)
DAY, WEEK_BEFORE = dt.date(2026, 3, 1), dt.date(2026, 2, 22)
CENT = Decimal("0.01")


class Installation:
    """A data folder of its own and the command line on it."""

    def __init__(self, home: Path) -> None:
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("FAROL_TEST")}
        self.env |= {
            "FAROL_HOME": str(home),
            "FAROL_DATABASE_URL": "sqlite:///",
            "FAROL_WAREHOUSE": "duckdb",
            "FAROL_CLOCK_FILE": str(home / "clock"),
        }
        home.mkdir(parents=True, exist_ok=True)
        (home / "clock").write_text("2026-03-02T12:00:00+00:00")

    def run(self, *arguments: str, code: int = 0, text: str | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "farol.cli", *arguments],
            env=self.env,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done

    def json(self, *arguments: str) -> dict:
        return json.loads(self.run(*arguments).stdout)


@pytest.fixture(scope="module")
def facts(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("facts") / "facts.csv"
    demo.write_csv(path, 7, AS_OF, calendar.BusinessCalendar("SP", "São Paulo"), days=120)
    return path


@pytest.fixture(scope="module")
def farol(tmp_path_factory, facts) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("home"))
    installation.run("init")
    installation.run("load", "payments", str(facts))
    return installation


@pytest.fixture(scope="module")
def truth(facts) -> dict[dt.date, dict[str, Decimal]]:
    """TPV and transactions by day, added up by hand from the file."""
    days: dict[dt.date, dict[str, Decimal]] = defaultdict(lambda: {"tpv": Decimal(0), "transactions": Decimal(0)})
    with facts.open() as file:
        for row in csv.DictReader(file):
            day = days[dt.date.fromisoformat(row["day"])]
            day["tpv"] += Decimal(row["amount_transacted"])
            day["transactions"] += int(row["quantity_transactions"])
    return days


def test_loading_reports_counts_and_the_same_file_changes_nothing(farol, facts):
    again = farol.json("load", "payments", str(facts), "--json")
    assert again["rows_new"] == again["rows_changed"] == again["rows_rejected"] == 0
    assert again["rows_unchanged"] == again["rows_read"] > 0


def test_yesterday_is_the_default_and_agrees_with_the_file(farol, truth):
    answer = farol.json(
        "query", "payments", "--measures", "tpv,transactions,average_ticket", "--compare", "d1,w1,m1,m30,y1,expected",
        "--format", "json",
    )  # fmt: skip
    assert answer["model"] == "payments"
    assert answer["complete_until"] == DAY.isoformat()
    (row,) = answer["rows"]
    assert row["tpv"] == str(truth[DAY]["tpv"])
    assert row["transactions"] == truth[DAY]["transactions"]
    ticket = (truth[DAY]["tpv"] / truth[DAY]["transactions"]).quantize(CENT, ROUND_HALF_UP)
    assert row["average_ticket"] == str(ticket)
    week = row["compare"]["tpv"]["w1"]
    assert week["base_date"] == WEEK_BEFORE.isoformat()
    assert week["base"] == str(truth[WEEK_BEFORE]["tpv"])
    assert Decimal(week["delta"]) == truth[DAY]["tpv"] - truth[WEEK_BEFORE]["tpv"]
    assert row["compare"]["tpv"]["m1"]["base_date"] == "2026-02-01"
    assert row["compare"]["tpv"]["m30"]["base_date"] == "2026-01-30"
    assert row["compare"]["tpv"]["y1"]["pct"] is None


def test_parts_of_the_explanation_add_up_to_the_centavo(farol, truth):
    told = farol.json(
        "explain", "payments", "--measure", "tpv", "--date", DAY.isoformat(), "--against", "w1",
        "--by", "product,payment_method", "--format", "json",
    )  # fmt: skip
    delta = truth[DAY]["tpv"] - truth[WEEK_BEFORE]["tpv"]
    assert Decimal(told["delta"]) == delta
    assert sum(Decimal(s["delta"]) for s in told["segments"]) == delta
    for segment in told["segments"]:
        assert Decimal(segment["volume_effect"]) + Decimal(segment["ticket_effect"]) == Decimal(segment["delta"])


def test_the_planted_fall_of_payment_links_is_found(farol):
    found = farol.json("alerts", "run", "--area", "payments", "--date", DAY.isoformat(), "--format", "json")
    assert found["checked"] > 50
    links = [a for a in found["alerts"] if a["segment"] == {"product": "link"} and a["measure"] == "tpv"]
    assert links, found["alerts"]
    assert links[0]["direction"] == "down"
    assert links[0]["status"] == "new"
    again = farol.json("alerts", "run", "--area", "payments", "--date", DAY.isoformat(), "--format", "json")
    assert again["alerts"] == found["alerts"]


def test_the_report_is_written_for_the_day_asked(farol, tmp_path):
    farol.run("report", "daily", "--area", "payments", "--out", str(tmp_path), "--format", "md,pdf,xlsx")
    assert {p.name for p in tmp_path.iterdir()} == {f"kpi_report_2026-03-01.{kind}" for kind in ("md", "pdf", "xlsx")}
    assert (tmp_path / "kpi_report_2026-03-01.pdf").read_bytes().startswith(b"%PDF")


def test_bad_rows_publish_nothing_and_come_back_with_the_reason(farol, facts, tmp_path):
    before = farol.json("query", "payments", "--measures", "tpv", "--format", "json")
    lines = facts.read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([lines[0], lines[1], lines[2].replace("2025", "20x5", 1), lines[3]]) + "\n")
    done = farol.run("load", "payments", str(bad), "--json", code=1)
    outcome = json.loads(done.stdout)
    assert outcome["rows_rejected"] == 1
    assert "20x5" in Path(outcome["rejects_file"]).read_text(encoding="utf-8-sig")
    assert farol.json("query", "payments", "--measures", "tpv", "--format", "json") == before


def test_people_and_tokens(farol):
    farol.run(
        "user", "create", "ana@example.com", "--role", "manager", "--password-stdin", text="uma senha comprida 9\n"
    )
    made = farol.json("token", "create", "ana@example.com", "--scope", "dashboard.payments", "--json")
    assert len(made["token"]) > 20
    assert farol.json("query", "payments", "--measures", "tpv", "--as", "ana@example.com", "--format", "json")["rows"]
    farol.run(
        "user", "create", "vera@example.com", "--role", "verifier", "--password-stdin", text="outra senha boa 77\n"
    )
    denied = farol.run("query", "payments", "--measures", "tpv", "--as", "vera@example.com", code=1)
    assert denied.stderr.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "payments", "--measures", "tvp"),
        ("query", "payments", "--measures", "tpv", "--by", "produto"),
        ("query", "payments", "--measures", "tpv", "--period", "2026-13"),
        ("query", "payments", "--measures", "tpv", "--where", "product"),
        ("query", "nothing", "--measures", "tpv"),
        ("load", "payments", "does-not-exist.csv"),
        ("explain", "payments", "--measure", "tpv", "--date", "yesterday", "--against", "w1"),
    ],
    ids=lambda a: " ".join(a),
)
def test_wrong_use_is_told_in_words_and_never_as_a_traceback(farol, arguments):
    done = subprocess.run(
        [sys.executable, "-m", "farol.cli", *arguments], env=farol.env, capture_output=True, text=True, check=False
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert not done.stdout.strip()


def test_doctor_audit_and_versions_answer(farol):
    versions = farol.json("warehouse", "versions", "--json")
    assert versions
    farol.run("audit", "verify")
    assert (
        "Traceback"
        not in subprocess.run(
            [sys.executable, "-m", "farol.cli", "doctor"], env=farol.env, capture_output=True, text=True, check=False
        ).stderr
    )
