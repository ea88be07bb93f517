"""X1: no text of an export is ever a formula or a link; numbers stay numbers; nothing grows with the rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import subprocess
import sys
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.core.errors import BadInput
from farol.platform.exports import Column, csv_lines, guard, spreadsheet, unguard, xlsx, xlsx_book

HOSTILE = [
    f"{first}{rest}"
    for first in "=+-@\t\r\n\x00'＝＋－＠|%"
    for rest in ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.test")')
] + [
    "http://example.test/x",
    "https://example.test",
    "mailto:a@example.test",
    "00123",
    "1E5",
    "_x0041_",
    "a\x0bb",
    "  =1+1",
]
COLUMNS = [
    Column("name", "Nome"),
    Column("value", "Valor", "money"),
    Column("day", "Dia", "date"),
    Column("share", "Parte", "percent"),
    Column("count", "Quantidade", "integer"),
    Column("when", "Quando", "datetime"),
    Column("ok", "Certo", "boolean"),
]
ROW = (Decimal("-5.00"), dt.date(2026, 11, 21), Decimal("12.3456"), 7, dt.datetime(2026, 11, 21, 6, 30), True)


def written(rows, columns=COLUMNS):
    stream = io.BytesIO()
    xlsx(stream, columns, rows)
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active


def test_hostile_texts_stay_texts_in_xlsx():
    sheet = written((text, *ROW) for text in HOSTILE)
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert len(cells) == len(HOSTILE)
    for cell, text in zip(cells, HOSTILE, strict=True):
        assert (cell.data_type, cell.quotePrefix, cell.hyperlink) == ("s", True, None)
        assert openpyxl.utils.escape.unescape(cell.value) == text
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_hostile_headings_and_sheet_names():
    stream = io.BytesIO()
    xlsx_book(stream, [("=1+1", [Column("a", "=1+1"), Column("b", "=1+1")], [("x", "y")]), ("a/b:*?[x]'", COLUMNS, [])])
    book = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))
    assert [[c.data_type for c in row] for row in book.worksheets[0].iter_rows()] == [["s", "s"], ["s", "s"]]
    assert [c.value for c in book.worksheets[0][1]] == ["=1+1", "=1+1 (2)"]


def test_values_keep_their_types_even_after_empty_first_rows():
    sheet = written([(None,) * 7, ("x", *ROW)])
    _text, money, day, share, count, when, ok = sheet[3]
    assert (money.value, money.data_type) == (-5, "n")
    assert (day.is_date, day.value.date()) == (True, dt.date(2026, 11, 21))
    assert (float(share.value), count.value, when.value, ok.value) == (
        12.3456,
        7,
        dt.datetime(2026, 11, 21, 6, 30),
        True,
    )


def test_an_empty_export_has_its_heading_and_long_texts_are_cut():
    assert [cell.value for cell in written([])[1]] == [column.label for column in COLUMNS]
    assert len(written([("x" * 40_000, *ROW)])["A2"].value) == 32_767
    assert written([("lone \ud83d surrogate", *ROW)])["A2"].value == "lone \ufffd surrogate"


def test_equal_sheet_titles_are_told_apart():
    stream = io.BytesIO()
    xlsx_book(stream, [("Resumo " * 10, COLUMNS, []), ("RESUMO " * 10, COLUMNS, []), ("", COLUMNS, [])])
    names = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).sheetnames
    assert len({name.casefold() for name in names}) == 3


def test_too_many_rows_and_failing_rows_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 3)
    with pytest.raises(BadInput):
        xlsx(tmp_path / "a.xlsx", COLUMNS, (("x", *ROW) for _turn in range(4)))

    def broken():
        yield ("x", *ROW)
        raise RuntimeError("the source went away")

    with pytest.raises(RuntimeError, match="went away"):
        xlsx(tmp_path / "b.xlsx", COLUMNS, broken())
    assert not list(tmp_path.iterdir())


def test_csv_guards_texts_and_leaves_numbers():
    text = "".join(csv_lines(COLUMNS, ((t, *ROW) for t in HOSTILE)))
    assert text.startswith("\ufeffNome;Valor;")
    rows = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))[1:]
    for row, original in zip(rows, HOSTILE, strict=True):
        assert row[1:] == ["-5,00", "2026-11-21", "12,3456", "7", "2026-11-21 06:30:00", "1"]
        assert not row[0].lstrip(" ")[:1] or row[0].lstrip(" ")[0] not in "=+-@\t\r\n＝＋－＠"
        assert unguard(row[0]) == original.replace("\x00", "")


def test_english_csv_has_commas_and_points():
    lines = list(csv_lines(COLUMNS[:2], [("a,b", Decimal("1234.5"))], "en", bom=False))
    assert lines == ["Nome,Valor\r\n", '"a,b",1234.50\r\n']


@given(st.text(st.characters(exclude_characters="\x00")))
def test_unguard_gives_back_what_was_guarded(text):
    assert unguard(guard(text)) == text


STREAM = """
import sys, datetime as dt
import django
django.setup()
from decimal import Decimal
from farol.platform.exports import Column, xlsx
columns = [Column(n, n, k) for n, k in [("a", "text"), ("b", "text"), ("c", "money"), ("d", "date"), ("e", "integer"),
           ("f", "text"), ("g", "money"), ("h", "percent")]]
day = dt.date(2026, 1, 1)
rows = ((f"produto {i % 40}", f"cliente {i}", Decimal(i) / 100, day, i, "=1+1", Decimal("-5.00"), 1.5)
        for i in range(500_000))
xlsx(sys.argv[1], columns, rows)
# not getrusage: its peak is inherited from the process that started this one
status = open('/proc/self/status').read()
print(int(status.partition('VmHWM:')[2].split()[0]) // 1024)
"""


@pytest.mark.slow
def test_half_a_million_rows_stay_under_300_mb(tmp_path):
    target = tmp_path / "large.xlsx"
    env = {"PYTHONPATH": ":".join(p for p in sys.path if p), "PATH": "", "FAROL_HOME": str(tmp_path)}
    env["DJANGO_SETTINGS_MODULE"] = "farol.config.settings"
    done = subprocess.run(
        [sys.executable, "-c", STREAM, str(target)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 300
    sheet = openpyxl.load_workbook(target, read_only=True).active
    assert sum(1 for _row in sheet.iter_rows(values_only=True)) == 500_001
