"""F5: files made to exhaust whoever opens them. What the directory gives away never reaches the child process."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from farol.core.errors import BadInput, Unavailable
from farol.platform.tables import workbook
from farol.platform.tables.typed import rows_of

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'


def archive(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", TYPES)
        for name, content in {"xl/workbook.xml": b"<workbook/>", **parts}.items():
            out.writestr(name, content)
    return buffer.getvalue()


def book(rows: list[list], change=lambda sheet: None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    change(made.active)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def with_part(content: bytes, name: str, change) -> bytes:
    """A workbook with one of its parts rewritten."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            new.writestr(entry.filename, change(body) if entry.filename.endswith(name) else body)
    return buffer.getvalue()


def declared(size: int) -> bytes:
    """An archive whose directory says that a part unpacks to `size` bytes."""
    content = bytearray(archive(**{"xl/worksheets/sheet1.xml": b"a" * 5000}))
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 60)
    at = content.index(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", content, at + 24, size)
    return bytes(content)


def counted(entries: int) -> bytes:
    """An archive that says it has so many parts."""
    content = bytearray(archive())
    at = content.rindex(b"PK\x05\x06")
    struct.pack_into("<HH", content, at + 8, entries, entries)
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(archive(**{"xl/worksheets/sheet1.xml": b"x"}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


def doubled() -> bytes:
    buffer = io.BytesIO(archive(**{"xl/worksheets/sheet1.xml": b"x"}))
    with zipfile.ZipFile(buffer, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr("xl/workbook.xml", b"<workbook/>")
    return buffer.getvalue()


FROM_THE_DIRECTORY = {
    "strings of 105 MB in 100 KB": lambda: archive(**{"xl/sharedStrings.xml": b"a" * (105 << 20)}),
    "sheet of 105 MB in 100 KB": lambda: archive(**{"xl/worksheets/sheet1.xml": b"<c/>" * (26 << 20)}),
    "4 GB said": lambda: declared(0xFFFF_FFF0),
    "500 MB said": lambda: declared(500 << 20),
    "10,000 sheets": lambda: archive(**{f"xl/worksheets/sheet{i}.xml": b"" for i in range(10_000)}),
    "500 sheets": lambda: archive(**{f"xl/worksheets/sheet{i}.xml": b"" for i in range(500)}),
    "65,535 parts said": lambda: counted(65_535),
    "entities in strings": lambda: archive(**{"xl/sharedStrings.xml": LAUGHS}),
    "entities in the workbook": lambda: archive(**{"xl/workbook.xml": LAUGHS}),
    "entities behind a comment": lambda: archive(**{"xl/styles.xml": b"<!-- x -->" + LAUGHS}),
    "entities from outside": lambda: archive(
        **{"xl/workbook.xml": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><workbook/>'}
    ),
    "archive inside": lambda: archive(**{"xl/embeddings/inner.zip": b"PK"}),
    "path that leads out": lambda: archive(**{"../../outside.xml": b"x"}),
    "path from the root": lambda: archive(**{"/etc/cron.d/x": b"x"}),
    "encrypted part": encrypted,
    "part that is there twice": doubled,
    "cut in half": lambda: book([["a"]] * 50)[:2000],
    "directory only": lambda: archive()[-200:],
    "no workbook": lambda: archive()[:30] + b"\0" * 500,
}
FOR_THE_CHILD = {
    "cell in the far corner": lambda: with_part(
        book([["a"]]),
        "sheet1.xml",
        lambda x: x.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    ),
    "sizes that lie": lambda: shrunk(),
    "sheet that is no XML": lambda: with_part(book([["a"]]), "sheet1.xml", lambda _x: b"\xff\xfe\0<"),
    "more rows than are taken": lambda: book([["a", n] for n in range(300)]),
}


def shrunk() -> bytes:
    """Part of 60 MB whose directory and header say 100 bytes."""
    body = (
        b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>'
        + b"a" * (60 << 20)
        + b"</v></c></row></sheetData></worksheet>"
    )
    content = bytearray(with_part(book([["a"]]), "sheet1.xml", lambda _x: body))
    for mark, where in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(mark)
        while at >= 0:
            if struct.unpack_from("<I", content, at + where)[0] > 50 << 20:
                struct.pack_into("<I", content, at + where, 100)
            at = content.find(mark, at + 4)
    return bytes(content)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("case", FROM_THE_DIRECTORY)
def test_the_directory_is_enough_to_refuse(file, tmp_path, monkeypatch, case):
    monkeypatch.setattr(workbook.subprocess, "run", lambda *_a, **_k: pytest.fail("the child was asked"))
    file.write_bytes(FROM_THE_DIRECTORY[case]())
    with pytest.raises(BadInput) as caught:
        rows_of(file, "bomba.xlsx", tmp_path, 200)
    assert "bomba.xlsx" in str(caught.value.detail)


@pytest.mark.parametrize("case", FOR_THE_CHILD)
def test_what_only_reading_shows_ends_in_the_child(file, tmp_path, case):
    file.write_bytes(FOR_THE_CHILD[case]())
    with pytest.raises(BadInput):
        rows_of(file, "bomba.xlsx", tmp_path, 200)


def test_the_child_is_bound_by_what_it_is_given(file, tmp_path, monkeypatch):
    """Control: the same good workbook is read, and is not with a tenth of the memory or a time that is over."""
    file.write_bytes(book([["a", n] for n in range(100)]))
    assert len(rows_of(file, "x.xlsx", tmp_path, 200)) == 100
    monkeypatch.setattr(workbook, "CHILD_MEMORY", 8 << 20)
    with pytest.raises(BadInput):
        rows_of(file, "x.xlsx", tmp_path, 200)
    monkeypatch.setattr(workbook, "CHILD_MEMORY", 512 << 20)
    monkeypatch.setattr(workbook, "CHILD_OUTPUT", 10)
    with pytest.raises(BadInput):
        rows_of(file, "x.xlsx", tmp_path, 200)


def test_no_more_children_than_allowed_run_at_once(file, tmp_path, monkeypatch):
    file.write_bytes(book([["a"]]))
    monkeypatch.setattr(workbook, "CHILD_SECONDS", 0.05)
    for _turn in range(workbook.CHILDREN):
        assert workbook._turns.acquire(blocking=False)
    try:
        with pytest.raises(Unavailable):
            rows_of(file, "x.xlsx", tmp_path, 10)
    finally:
        for _turn in range(workbook.CHILDREN):
            workbook._turns.release()


@pytest.mark.parametrize(
    ("case", "content"),
    [
        ("dimension of all cells", with_part(
            book([["a", "b"], [1, 2]]), "sheet1.xml", lambda x: x.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
        )),
        ("formulas", book([["a", "b"], ["=1+1", '=HYPERLINK("http://127.0.0.1:9/x")']])),
        ("merged cells", book([["a", "b"], [1, 2]], lambda sheet: sheet.merge_cells("A2:B2"))),
        ("link to outside", with_part(
            book([["a", "b"], [1, 2]]), "workbook.xml.rels", lambda x: x.replace(b"</Relationships>",
            b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"'
            b' Target="http://127.0.0.1:9/x.xlsx" TargetMode="External"/></Relationships>'),
        )),
    ],
)  # fmt: skip
def test_what_is_only_strange_is_read_and_nothing_is_fetched_or_computed(file, tmp_path, case, content):
    file.write_bytes(content)
    rows = rows_of(file, "x.xlsx", tmp_path, 200)
    assert rows[0].cells == ["a", "b"], case
    assert not any(cell in (2, "2") and case == "formulas" for row in rows for cell in row.cells)


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\r\n" + b"x" * (3 << 20),
        b"a;b\r\n" + b'"' + b"x\r\n" * (1 << 19),
        b"\0" * 5000,
        b"a;b\r\n" * 300,
        b"\x1f\x8b\x08" + b"\0" * 50,
    ],
    ids=["one line of 3 MB", "one cell without end", "zeros", "too many rows", "gzip"],
)
def test_texts_that_are_no_table(file, tmp_path, content):
    file.write_bytes(content)
    with pytest.raises(BadInput):
        rows_of(file, "x.csv", tmp_path, 200)
