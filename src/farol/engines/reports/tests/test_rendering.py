"""One document, three formats; hostile text stays text in each (X2), equal data give equal bytes (I6)."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys

import openpyxl
import pypdf
import pytest

from farol.core.errors import BadInput
from farol.engines.reports import drawing
from farol.engines.reports.document import Origin
from farol.engines.reports.rendering import FORMATS, data_section, formats_of, render
from farol.engines.reports.tests.conftest import HOSTILE, document
from farol.platform.exports import FONTS


def pdf_of(body: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(body))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_the_same_document_gives_the_same_bytes():
    for name in FORMATS:
        if name != "xlsx":  # its container holds the time of making
            assert render(document(), name) == render(document(), name)


def test_versions_times_and_receipts_stand_outside_the_data_section():
    one = document()
    other = dataclasses.replace(one, origin=Origin("v-2", [], [("Feito", "agora")]))
    assert data_section(one) == data_section(other)
    assert data_section(one) in render(one, "md")
    assert b"v-1" not in data_section(one)
    assert b"ABCDEFGHJK" not in data_section(one)
    assert b"ABCDEFGHJK" in render(one, "md")


def test_hostile_text_makes_no_markup_in_markdown():
    body = render(document(HOSTILE), "md").decode()
    assert not re.search(r"(?<!\\)<(?!!-- /?farol:data -->)", body)
    assert not re.search(r"(?<!\\)!\[|(?<!\\)\]\(", body)
    table = [line for line in body.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


def test_line_breaks_of_data_cannot_begin_a_block():
    body = render(document("a\n\n# b\r\n- c\u2028d"), "md").decode()
    assert "# b" not in body.replace("\\# b", "")


def test_hostile_text_stays_text_in_pdf():
    reader = pdf_of(render(document(HOSTILE), "pdf"))
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert squeezed('#read("/etc/passwd")') in text
    assert "root:x:" not in text
    assert not any("/Annots" in page for page in reader.pages)
    assert "/OpenAction" not in reader.trailer["/Root"]


def test_pdf_carries_its_own_fonts():
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in pdf_of(render(document(), "pdf")).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("Inter" in name or "DejaVuSansMono" in name for name in fonts)


def test_hostile_text_stays_text_in_xlsx():
    book = openpyxl.load_workbook(io.BytesIO(render(document(HOSTILE), "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert any(cell.value == -5 for cell in cells)


CHILD = """
import sys
import django
django.setup()
from farol.engines.reports.rendering import FORMATS, render
from farol.engines.reports.tests.conftest import HOSTILE, document
from farol.platform.exports import FONTS
render(document(), "pdf")  # everything that is loaded once is loaded
opened = []
sys.addaudithook(lambda event, args: opened.append((event, str(args[0]))) if event in ("open", "socket.connect",
                 "socket.__new__", "socket.getaddrinfo", "subprocess.Popen") else None)
for name in FORMATS:
    render(document(HOSTILE), name)
print([entry for entry in opened if entry[0] != "open" or "farol/engines/reports" not in entry[1]])
"""


def test_rendering_opens_no_socket_and_no_foreign_file(tmp_path):
    env = {"PYTHONPATH": ":".join(p for p in sys.path if p), "FAROL_HOME": str(tmp_path), "PATH": ""}
    env["DJANGO_SETTINGS_MODULE"] = "farol.config.settings"
    done = subprocess.run([sys.executable, "-c", CHILD], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_charts_are_drawn_the_same_each_time_and_carry_no_markup():
    option = document(HOSTILE).sections[1].blocks[1].option
    first = drawing.svg(option, 400, 200)
    assert first == drawing.svg(option, 400, 200)
    assert "<img" not in first
    assert "onerror=alert" not in re.sub(r">[^<]*<", "><", first)


def test_formats_are_named_or_refused():
    assert formats_of("pdf, MD") == ["pdf", "md"]
    for text in ("", "docx", "md,html"):
        with pytest.raises(BadInput):
            formats_of(text)


def test_the_vendored_chart_library_is_there():
    assert drawing.ECHARTS.is_file()
    assert (FONTS / "OFL.txt").is_file()
