"""The daily report on real loads: exact figures, the same section whenever it is made, days in the business zone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import random
import time
from decimal import Decimal
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from django.test import override_settings
from django.utils import translation

from farol.areas.payments.goals import set_goal
from farol.areas.payments.insights import insights
from farol.areas.payments.load import LOADERS
from farol.areas.payments.report import REPORTS
from farol.core import clock, formats
from farol.core.errors import NotAllowed, Unavailable
from farol.engines.reports.commands import report as command
from farol.engines.reports.definition import make
from farol.engines.reports.document import Document, Table
from farol.engines.reports.rendering import data_section, render
from farol.engines.sources.loader import FileToLoad, LoadRequest
from farol.platform.accounts.principal import SYSTEM, Principal

pytestmark = pytest.mark.django_db
REPORT = REPORTS[0]
FIRST, LAST = dt.date(2025, 1, 6), dt.date(2025, 3, 23)
CARNIVAL = dt.date(2025, 3, 1)
HEADER = [
    *("day", "entity", "product", "price_tier", "anticipation_method", "payment_method", "installments"),
    *("amount_transacted", "quantity_transactions", "quantity_of_merchants"),
]
HOSTILE = '=1+1 <script>alert(1)</script> ![x](http://h.test) #read("/etc/passwd")'
SEGMENTS = [
    *(("PJ", "pos", "normal", "D1Anticipation", "credit", n) for n in (1, 3, 12)),
    ("PF", "tap", "normal", "D0/Nitro", "debit", 1),
    ("PF", "pix", "aggressive", "Pix", "uninformed", 1),
    ("PJ", HOSTILE, "normal", "Pix", "uninformed", 1),
]


def facts(first: dt.date, last: dt.date, absent: frozenset[dt.date] = frozenset()) -> list[list[str]]:
    """Rows that depend on the day alone; the hostile product vanishes on the last days of March."""
    rows = []
    for i in range((last - first).days + 1):
        day = first + dt.timedelta(days=i)
        for number, segment in enumerate(SEGMENTS):
            if day in absent or (number == 5 and day > dt.date(2025, 3, 20)):
                continue
            dice = random.Random(f"{day}{number}")
            volume = dice.randint(90, 110) * (1 if day.weekday() > 4 else 2)
            amount = Decimal(dice.randint(800, 1200) * volume) / 100
            rows.append([day.isoformat(), *map(str, segment), str(amount), str(volume), "9"])
    return rows


def load(folder: Path, rows: list[list[str]]) -> None:
    path = folder / "facts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
    LOADERS[0].load(LoadRequest(files=(FileToLoad(path, path.name),)), "test", lambda *_args: None)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A data folder with the facts of 77 days published."""
    home = tmp_path_factory.mktemp("home").resolve()
    with override_settings(FAROL_HOME=home):
        load(home, facts(FIRST, LAST))
        yield home


def sums(day: dt.date) -> tuple[Decimal, int]:
    rows = facts(day, day)
    return sum(Decimal(row[7]) for row in rows), sum(int(row[8]) for row in rows)


def document(asked: dt.date = LAST, language: str = "pt-br") -> Document:
    return make(REPORT, asked, SYSTEM, language)


def tables(found: Document) -> list[Table]:
    return [block for section in found.sections for block in section.blocks if isinstance(block, Table)]


def test_figures_are_those_of_the_file(loaded):
    with translation.override("pt-br"):
        text = render(document(), "md").decode()
        tpv, transactions = sums(LAST)
        before, _volume = sums(LAST - dt.timedelta(days=7))
        assert f"### TPV: {formats.brl(tpv)}" in text
        assert f"### Transações: {formats.number(transactions)}" in text
        assert f"### Ticket médio: {formats.brl(tpv / transactions)}" in text
        (week,) = [
            line for line in text.splitlines() if line.startswith("| W-1 |") and formats.brl(tpv - before)[3:] in line
        ]
        assert formats.brl(before) in week
        assert formats.percent((tpv - before) * 100 / before, sign=True) in week


def test_a_base_day_is_named_with_its_kind(loaded):
    text = render(document(CARNIVAL + dt.timedelta(days=7)), "md").decode()
    assert "01/03/2025, sábado de Carnaval" in text
    assert "W-1 é outro tipo de dia" in text


def test_a_missing_base_is_a_dash_and_no_error(loaded):
    text = render(document(FIRST), "md").decode()
    assert "ainda há pouco histórico" in text
    assert "| D-1 | 05/01/2025, domingo | — | — | — |" in text


def test_parts_of_what_moved_add_up(loaded):
    moved = next(table for table in tables(document()) if table.note.startswith("Por volume"))
    *parts, whole = [row[1:] for row in moved.rows]
    for column in range(5):
        assert sum(part[column] for part in parts) == whole[column]
    assert whole[2] == whole[1] - whole[0] == whole[3] + whole[4]


def test_a_day_without_data_falls_back_and_says_so(loaded):
    found = document(LAST + dt.timedelta(days=400))
    assert (found.day, found.stem) == (LAST, f"kpi_report_{LAST}")
    assert "último dia com dados: 23/03/2025" in found.notice
    assert not document().notice


def test_before_all_data_there_is_nothing_to_report(loaded):
    with pytest.raises(Unavailable):
        document(FIRST - dt.timedelta(days=1))


def test_a_segment_that_vanished_is_noted(loaded):
    assert "Sem vendas no dia" in render(document(), "md").decode()
    assert "Sem vendas no dia" not in render(document(dt.date(2025, 3, 20)), "md").decode()


def test_text_of_the_file_stays_text(loaded):
    found = document(dt.date(2025, 3, 19))
    body = render(found, "md").decode()
    assert "<script>" not in body.replace("\\<script\\>", "")
    pages = pypdf.PdfReader(io.BytesIO(render(found, "pdf"))).pages
    assert "root:" not in "".join(page.extract_text() for page in pages)
    assert not any("/Annots" in page for page in pages)


def test_english_is_complete(loaded):
    text = data_section(document(language="en")).decode()
    for word in ("Carnaval", "feira", "Ticket médio", "esperado", "Débito", "sábado"):
        assert word not in text
    assert "R$\u00a0" in text


def test_nobody_without_the_right_gets_it(loaded):
    with pytest.raises(NotAllowed):
        make(REPORT, LAST, Principal(frozenset({"reports.view"})), "pt-br")


def test_insights_have_figure_action_and_receipt(loaded):
    with translation.override("pt-br"):
        found = insights(LAST, SYSTEM)
        early = insights(FIRST, SYSTEM)
    assert [i.topic for i in found] == [
        *("weekday", "product", "payment_method", "installments", "price_tier", "concentration"),
    ]
    assert all(any(c.isdigit() for c in i.text) and i.action and len(i.receipt) == 10 for i in found)
    assert "weekday" not in [i.topic for i in early]


@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo", "Asia/Tokyo"])
@pytest.mark.parametrize(("instant", "day"), [("2025-03-23T02:30", "2025-03-21"), ("2025-03-23T03:10", "2025-03-22")])
def test_yesterday_is_of_the_business_zone_wherever_the_server_stands(
    loaded, tmp_path, monkeypatch, zone, instant, day
):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        with clock.frozen(dt.datetime.fromisoformat(instant + "+00:00")):
            arguments = ["daily", "--area", "payments", "--out", str(tmp_path), "--format", "md"]
            done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    answer = json.loads(done.stdout)
    assert (answer["asked"], answer["day"]) == (day, day)
    assert [Path(file).name for file in answer["files"]] == os.listdir(tmp_path) == [f"kpi_report_{day}.md"]


def test_a_past_day_comes_out_the_same_a_week_and_two_loads_later(tmp_path):
    """I6: later days, and the same file again, change nothing of a past day's section."""
    asked = dt.date(2025, 3, 9)
    with override_settings(FAROL_HOME=tmp_path.resolve()):
        load(tmp_path, facts(FIRST, asked))
        with clock.frozen(dt.datetime(2025, 3, 10, 9, tzinfo=dt.UTC)):
            first = document(asked)
        load(tmp_path, facts(asked, LAST))
        load(tmp_path, facts(FIRST, LAST))
        with clock.frozen(dt.datetime(2025, 3, 17, 9, tzinfo=dt.UTC)):
            later = document(asked)
    assert data_section(first) == data_section(later)
    assert first.origin.data_version != later.origin.data_version
    assert first.origin.facts != later.origin.facts


def test_gaps_are_noted(tmp_path):
    gap = frozenset({dt.date(2025, 2, 11), dt.date(2025, 2, 12)})
    with override_settings(FAROL_HOME=tmp_path.resolve()):
        load(tmp_path, facts(FIRST, dt.date(2025, 2, 20), gap))
        text = render(document(dt.date(2025, 2, 20)), "md").decode()
    assert "2 dias dos últimos 60 não têm dados: 11/02/2025, 12/02/2025" in text


def test_goals_of_the_month_are_reported(loaded):
    assert "Metas de" not in render(document(), "md").decode()
    set_goal(LAST, Decimal("100000.00"), Decimal(10), SYSTEM)
    found = document()
    goals = next(table for table in tables(found) if table.fields[0].label == "TPV")
    day, until, month = goals.rows
    assert month[1] == Decimal("100000.00")
    assert day[2] == sums(LAST)[0]
    assert until[2] == month[2] == sum(sums(LAST.replace(day=d))[0] for d in range(1, LAST.day + 1))
    assert "acima da meta de 10,0" in render(found, "md").decode()
