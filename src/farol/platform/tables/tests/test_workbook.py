"""Workbooks that are bombs are refused before they are read; what passes is read in a limited child (F5)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from farol.core.errors import BadInput
from farol.platform.tables.workbook import guard, workbook_text

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def archive(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", TYPES)
        for name, content in {"xl/workbook.xml": b"<workbook/>", **parts}.items():
            out.writestr(name, content)
    return path


def book(path: Path, rows: list[list]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/sharedStrings.xml": b"a" * (20 << 20)},
        {f"xl/worksheets/sheet{i}.xml": b"" for i in range(10_000)},
        {"xl/embeddings/inner.zip": b"PK"},
        {"../../outside.xml": b"x"},
        {"/etc/cron.d/x": b"x"},
    ],
    ids=["strings", "sheets", "nested", "outside", "absolute"],
)
def test_bombs_are_refused_from_the_directory(tmp_path, parts):
    with pytest.raises(BadInput):
        guard(archive(tmp_path / "bomb.xlsx", **parts), "bomb.xlsx")


@pytest.mark.parametrize("content", [b"PK\x03\x04 not really", b"PK\x03\x04" + b"\0" * 5000, b""])
def test_broken_archives_are_refused(tmp_path, content):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        guard(path, "broken.xlsx")


def test_archive_that_is_no_workbook_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr("readme.txt", "hello")
    path = tmp_path / "x.xlsx"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(BadInput):
        guard(path, "x.xlsx")


def test_sizes_that_lie_end_in_the_child(tmp_path):
    """The last cell is declared at the far corner: the child reaches its memory limit, this process does not."""
    path = book(tmp_path / "far.xlsx", [["a"]])
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "lie.xlsx", "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", corner)
            target.writestr(entry.filename, content)
    with pytest.raises(BadInput):
        workbook_text(tmp_path / "lie.xlsx", "lie.xlsx", tmp_path)


def test_cells_become_text_that_reads_back_the_same(tmp_path):
    import datetime as dt

    rows = [["day", "n", "x"], [dt.date(2025, 1, 31), 12, 1234.567], [None, None, None], ["two\nlines", "=1+1", 0.1]]
    plain = workbook_text(book(tmp_path / "a.xlsx", rows), "a.xlsx", tmp_path)
    lines = plain.path.read_text().splitlines()
    assert lines[:3] == ["day,n,x", "2025-01-31,12,1234.567", ""]
    assert lines[3].startswith("two lines,")


def test_empty_workbook_is_refused(tmp_path):
    with pytest.raises(BadInput):
        workbook_text(book(tmp_path / "e.xlsx", []), "e.xlsx", tmp_path)
