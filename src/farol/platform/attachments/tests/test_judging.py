"""F4: sixty files, each judged by what it is and never by what it is called."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import openpyxl
import pytest

from farol.core.errors import BadInput
from farol.platform.attachments.judging import judge

HTML = b"<html><body><script>alert(1)</script></body></html>"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
NFE = b'<?xml version="1.0" encoding="UTF-8"?><nfeProc xmlns="http://www.portalfiscal.inf.br/nfe"><NFe/></nfeProc>'


def png(width: int = 2, height: int = 2, extra: bytes = b"", comment: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    text = chunk(b"tEXt", b"Comment\0" + comment) if comment else b""
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(b"\0" * 6)) + chunk(b"IEND", b"") + extra


def jpeg(width: int = 2, height: int = 2, extra: bytes = b"", comment: bytes = b"") -> bytes:
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00" + b"\x12\x34" * 20
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + said + frame + scan + b"\xff\xd9" + extra


def webp(width: int = 2, height: int = 2) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def heic(width: int = 2, height: int = 2) -> bytes:
    size = struct.pack(">I4sIII", 20, b"ispe", 0, width, height)
    return (
        struct.pack(">I4s4sI4s", 20, b"ftyp", b"heic", 0, b"mif1") + struct.pack(">I4s", 8 + len(size), b"meta") + size
    )


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def xlsx(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    book.save(buffer)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


COMMENTED_ZIP = zipped(a=b"x")[:-2] + b"\x02\x00\xff\xd9"
GOOD = [
    ("nota.pdf", PDF, "application/pdf", "nota.pdf"),
    ("NOTA.PDF", PDF, "application/pdf", "NOTA.pdf"),
    ("foto.jpg", jpeg(), "image/jpeg", "foto.jpg"),
    ("foto.jpeg", jpeg(8160, 6144), "image/jpeg", "foto.jpeg"),
    ("tela.png", png(), "image/png", "tela.png"),
    ("foto.jpg", png(), "image/png", "foto-jpg.png"),
    ("foto.webp", webp(), "image/webp", "foto.webp"),
    ("IMG_1.HEIC", heic(), "image/heic", "IMG_1.heic"),
    ("tabela.xlsx", xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "tabela.xlsx"),
    ("tabela.csv", b"a;b\r\n1;2\r\n", "text/csv", "tabela.csv"),
    ("aviso.txt", "ação – não é código < 5".encode(), "text/plain", "aviso.txt"),
    ("aviso.txt", "ação".encode("cp1252"), "text/plain", "aviso.txt"),
    ("nota.xml", NFE, "application/xml", "nota.xml"),
    ("nota.xml", b"\xef\xbb\xbf" + NFE, "application/xml", "nota.xml"),
    ("semnome", PDF, "application/pdf", "semnome.pdf"),
    ("nota.pdf.exe", PDF, "application/pdf", "nota-pdf-exe.pdf"),
    ("relatório v1.2.pdf", PDF, "application/pdf", "relatório v1-2.pdf"),
    (".pdf", PDF, "application/pdf", "pdf.pdf"),
    ("foto.jpg", jpeg(extra=b"SEFT trailer of a phone"), "image/jpeg", "foto.jpg"),
]
BAD = {
    "empty": ("vazio.pdf", b""),
    "gif and script": ("x.gif", b"GIF89a/*" + b"\0" * 8 + b"*/=1;alert(1)//"),
    "gif": ("x.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
    "pdf and html before": ("x.pdf", b"%PDF-1.4\n" + HTML + PDF),
    "pdf and html behind": ("x.pdf", PDF + HTML),
    "pdf that is html first": ("x.pdf", HTML + PDF),
    "pdf with a script": ("x.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")),
    "pdf that starts a program": ("x.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch>>")),
    "pdf with a file inside": ("x.pdf", PDF.replace(b"/Catalog", b"/Catalog/EmbeddedFile 2 0 R")),
    "pdf cut": ("x.pdf", PDF[:40]),
    "pdf and zip": ("x.pdf", PDF + zipped(a=b"x")),
    "jpeg and zip": ("x.jpg", jpeg(extra=zipped(a=b"x"))),
    "jpeg and zip that ends like a jpeg": ("x.jpg", jpeg(extra=COMMENTED_ZIP)),
    "jpeg and html": ("x.jpg", jpeg(extra=HTML)),
    "jpeg with html in its comment": ("x.jpg", jpeg(comment=HTML)),
    "jpeg without a picture": ("x.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40),
    "jpeg of two bytes": ("x.jpg", b"\xff\xd8\xff"),
    "png and html": ("x.png", png(extra=HTML)),
    "png and anything": ("x.png", png(extra=b"x")),
    "png with html in its comment": ("x.png", png(comment=HTML)),
    "png cut": ("x.png", png()[:-6]),
    "png of 100 million points": ("x.png", png(10_000, 10_000)),
    "png of endless width": ("x.png", png(2**31 - 1, 1)),
    "png of no width": ("x.png", png(0, 1)),
    "jpeg of 100 million points": ("x.jpg", jpeg(10_000, 10_000)),
    "jpeg of 65,535 x 65,535": ("x.jpg", jpeg(65_535, 65_535)),
    "webp of 268 million points": ("x.webp", webp(16_384, 16_384)),
    "webp that lies about its length": ("x.webp", webp() + b"\0" * 100),
    "heic of 100 million points": ("x.heic", heic(10_000, 10_000)),
    "heic and more": ("x.heic", heic() + HTML),
    "video": ("x.mp4", struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"mp42")),
    "svg": ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "svg as png": ("x.png", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "svg under a prefix": ("x.xml", b'<a:svg xmlns:a="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "page in xml": ("x.xml", b'<r xmlns:h="http://www.w3.org/1999/xhtml"><h:img onerror="alert(1)" src="x"/></r>'),
    "xml with a stylesheet": ("x.xml", b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><a/>'),
    "xml with entities": ("x.xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    "billion laughs": ("x.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
    "xml that is not well formed": ("x.xml", b"<a><b></a>"),
    "xml called html": ("x.html", NFE),
    "html": ("x.html", HTML),
    "html as png": ("x.png", HTML),
    "html as pdf": ("x.pdf", HTML),
    "html as text": ("x.txt", b"hello\n" + HTML),
    "html in capitals": ("x.txt", b"hello <SCRIPT SRC=//x>"),
    "html in windows lines": ("x.txt", b"\r\n\r\n<!DOCTYPE HTML><p>"),
    "script": ("x.js", b"alert(1)"),
    "batch": ("x.bat", b"del /s *"),
    "text with two endings": ("nota.txt.exe", b"hello"),
    "program": ("x.exe", b"MZ\x90\x00" + b"\0" * 60),
    "program as pdf": ("x.pdf", b"MZ\x90\x00" + b"\0" * 60),
    "elf": ("x.txt", b"\x7fELF\x02\x01\x01" + b"\0" * 20),
    "text in utf-16": ("x.txt", "oi".encode("utf-16")),
    "zip": ("x.zip", zipped(a=b"x")),
    "zip in zip": ("x.zip", zipped(**{"a.zip": zipped(a=b"x")})),
    "zip with links": ("x.zip", linked()),
    "zip as xlsx": ("x.xlsx", zipped(a=b"x")),
    "xlsx with an archive inside": ("x.xlsx", xlsx(**{"xl/embeddings/a.zip": zipped(a=b"x")})),
    "xlsx with macros": ("x.xlsx", xlsx(**{"xl/vbaProject.bin": b"x"})),
    "xlsx called zip": ("x.zip", xlsx()),
    "xlsx that is a bomb": ("x.xlsx", xlsx(**{"xl/media/a.xml": b"a" * (30 << 20)})),
    "old xls": ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "gzip": ("x.csv", b"\x1f\x8b\x08\x00" + b"\0" * 20),
    "rar": ("x.rar", b"Rar!\x1a\x07\x01\x00"),
}


@pytest.mark.parametrize(("name", "content", "content_type", "kept"), GOOD)
def test_what_may_be_kept(tmp_path, name, content, content_type, kept):
    path = tmp_path / "file"
    path.write_bytes(content)
    kind, own = judge(path, name)
    assert (kind.content_type, own) == (content_type, kept)


@pytest.mark.parametrize("case", BAD)
def test_what_may_not(tmp_path, case):
    name, content = BAD[case]
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        judge(path, name)
    assert caught.value.field == "file"
    assert name in str(caught.value.detail)


def test_every_kind_but_text_survives_no_cut(tmp_path):
    """A picture, workbook or paper that lost its end is noticed, wherever it was cut."""
    path = tmp_path / "file"
    for name, content in (("a.png", png()), ("a.webp", webp()), ("a.xlsx", xlsx()), ("a.heic", heic())):
        for length in range(9, len(content), max(1, len(content) // 40)):
            path.write_bytes(content[:length])
            with pytest.raises(BadInput):
                judge(path, name)
