"""What a file is, by its content and never by its name; what could be two things at once is refused.

Every kind names its endings, its type and a function of the whole content that says whether it is sound. Besides, no
file but a workbook may carry the directory of an archive at its end, and none may hold the marks of a page that a
browser would run.
"""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.attachments import pictures, texts
from farol.platform.tables import workbook

Content = bytes | mmap.mmap
MARKS = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|body)[\s>/]", re.IGNORECASE)
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
PDF_END = re.compile(rb"%%EOF[\s\0]*\Z")


@dataclass(frozen=True)
class Kind:
    """`endings`: the first is the one a name gets that has none of them. `strict`: the name must have one or none."""

    content_type: str
    endings: tuple[str, ...]
    sound: Callable[[Content], bool]
    strict: bool = False


def _pdf(content: Content) -> bool:
    tail = content[-2048:]
    return (
        bool(re.match(rb"%PDF-[12]\.\d", content[:8])) and bool(PDF_END.search(tail)) and not ACTIVE_PDF.search(content)
    )


PDF = Kind("application/pdf", ("pdf",), _pdf)
JPEG = Kind("image/jpeg", ("jpg", "jpeg", "jfif"), pictures.jpeg)
PNG = Kind("image/png", ("png",), pictures.png)
WEBP = Kind("image/webp", ("webp",), pictures.webp)
HEIC = Kind("image/heic", ("heic", "heif"), pictures.heic)
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",), lambda _content: True, True)
XML = Kind("application/xml", ("xml",), texts.xml, True)
CSV = Kind("text/csv", ("csv",), texts.text, True)
TEXT = Kind("text/plain", ("txt", "log"), texts.text, True)
KINDS = (PDF, JPEG, PNG, WEBP, HEIC, XLSX, XML, CSV, TEXT)


def judge(path: Path, name: str) -> tuple[Kind, str]:
    """The kind of a file and the name to keep it under; `BadInput` in words for what may not be kept."""
    if not path.stat().st_size:
        raise BadInput("file", _("%(file)s is empty.") % {"file": name})
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        kind = _kind_of(content, _ending(name))
        if kind is None:
            raise BadInput("file", _("%(file)s is not a PDF, picture, workbook or text.") % {"file": name})
        if not _fits(kind, path, content, name):
            sentence = _("%(file)s is damaged, or is more than one kind of file at once. Save it again and send that.")
            raise BadInput("file", sentence % {"file": name})
    return kind, _own_name(name, kind)


def _kind_of(content: Content, ending: str) -> Kind | None:
    head = content[:16]
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return HEIC
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    if texts.looks_like_xml(content):
        return XML
    return (CSV if ending == "csv" else TEXT) if texts.text(content) else None


def _fits(kind: Kind, path: Path, content: Content, name: str) -> bool:
    """Sound in itself, nothing else besides, and with an ending that does not promise another thing."""
    if kind.strict and _ending(name) and _ending(name) not in kind.endings:
        return False
    if kind is XLSX:
        workbook.guard(path, name)
        return b"vbaProject" not in content[-(1 << 16) :]
    return kind.sound(content) and not MARKS.search(content) and not zipfile.is_zipfile(path)


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def _own_name(name: str, kind: Kind) -> str:
    """The name with one ending, that of the content: `nota.pdf.exe` that is a PDF becomes `nota-pdf-exe.pdf`."""
    ending = _ending(name)
    stem = name[: -len(ending) - 1] if ending in kind.endings else name
    stem = re.sub(r"[.\s]+", lambda found: " " if found[0].isspace() else "-", stem).strip(" -")[:100]
    return f"{stem or _('file')}.{ending if ending in kind.endings else kind.endings[0]}"
