"""From a document to the bytes of its files."""

from __future__ import annotations

import io

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from farol.core.errors import BadInput
from farol.engines.reports import markdown, pdf, workbook
from farol.engines.reports.document import Document

FORMATS = {
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def formats_of(text: str) -> list[str]:
    """`md,pdf` as a list; `BadInput` for a format that does not exist."""
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = sorted(set(wanted) - set(FORMATS))
    if unknown or not wanted:
        detail = _("Unknown format “%(format)s”. Known: md, pdf, xlsx.") % {"format": ", ".join(unknown)[:40]}
        raise BadInput("format", detail)
    return list(dict.fromkeys(wanted))


def render(document: Document, format_name: str) -> bytes:
    """The file in one of `FORMATS`, in the document's language."""
    with translation.override(document.language):
        if format_name == "md":
            return markdown.render(document).encode()
        if format_name == "pdf":
            return pdf.render(document)
        stream = io.BytesIO()
        workbook.write(document, stream)
        return stream.getvalue()


def data_section(document: Document) -> bytes:
    """What must be byte-equal whenever the report is made again on the same data."""
    with translation.override(document.language):
        return markdown.data_section(document).encode()
