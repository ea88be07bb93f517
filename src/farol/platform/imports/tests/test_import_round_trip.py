"""X1: what our own files hold comes back through our own import as it went out, and never as a formula."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farol.platform.exports import Column, csv_lines, xlsx
from farol.platform.imports.cells import columns_of
from farol.platform.imports.cells import given as read_rows
from farol.platform.imports.declared import Checked, Field, Importer
from farol.platform.tables.typed import rows_of

HOSTILE = [
    f"{first}{rest}" for first in "=+-@\t\r\n'＝＋－＠|%;," for rest in ("1+1", "cmd|' /C calc'!A0", '"x";y', "a\nb")
] + ["http://example.test/x", "mailto:a@example.test", "00123", "1E5", "_x0041_", "_x000D_", "  =1+1", "''x", "'"]
FIELDS = (
    Field("text", "Texto", required=True),
    Field("amount", "Valor", "money"),
    Field("day", "Dia", "date"),
    Field("count", "Quantidade", "integer"),
    Field("yes", "Certo", "boolean"),
)
COLUMNS = [Column(f.name, f.label, f.kind) for f in FIELDS]
IMPORTER = Importer("x", "x", FIELDS, lambda rows, _p: Checked(rows), lambda _v, _p: None)
REST = (Decimal("-5.00"), dt.date(2026, 11, 21), 1234567, False)


def came_back(tmp_path, content: bytes, name: str):
    path = tmp_path / name
    path.write_bytes(content)
    lines = rows_of(path, name, tmp_path, 1000)
    rows, problems = read_rows(lines[1:], columns_of(lines[0], IMPORTER))
    assert problems == []
    return [tuple(row.values[f.name] for f in FIELDS) for row in rows]


def as_xlsx(texts) -> bytes:
    stream = io.BytesIO()
    xlsx(stream, COLUMNS, ((text, *REST) for text in texts))
    return stream.getvalue()


def as_csv(texts) -> bytes:
    return "".join(csv_lines(COLUMNS, ((text, *REST) for text in texts))).encode()


def test_hostile_texts_survive_the_way_through_a_workbook(tmp_path):
    content = as_xlsx(HOSTILE)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert not any(cell.data_type == "f" or cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert {sheet.cell(row, 2).value for row in range(2, sheet.max_row + 1)} == {-5}
    assert came_back(tmp_path, content, "x.xlsx") == [(text, *REST) for text in HOSTILE]


def test_hostile_texts_survive_the_way_through_csv(tmp_path):
    assert came_back(tmp_path, as_csv(HOSTILE), "x.csv") == [(text, *REST) for text in HOSTILE]


def test_a_nul_is_left_out_by_both(tmp_path):
    assert came_back(tmp_path, as_csv(["\0=1+1"]), "x.csv")[0][0] == "=1+1"
    assert came_back(tmp_path, as_xlsx(["a\0=1+1"]), "x.xlsx")[0][0].replace("\0", "") in ("a=1+1", "a_x0000_=1+1")


@pytest.mark.parametrize("make", [as_xlsx, as_csv])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(tmp_path, make, texts):
    texts = [text for text in texts if text.strip()]
    if texts:
        name = "x.xlsx" if make is as_xlsx else "x.csv"
        assert [row[0] for row in came_back(tmp_path, make(texts), name)] == texts
