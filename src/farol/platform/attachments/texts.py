"""Whether a file is text, or a document of data in XML (an invoice), and nothing that a browser would run."""

from __future__ import annotations

import mmap
import re
from xml.parsers import expat

Content = bytes | mmap.mmap
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_XML = re.compile(rb"\s*<(?:\?xml|[A-Za-z_][\w.-]*(?::[\w.-]+)?[\s>/])")
_PAGES = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/XSL/Transform")
BOM = b"\xef\xbb\xbf"


class _NotData(Exception):
    """A document type, a processing instruction, or an element of a page."""


def text(content: Content) -> bool:
    """UTF-8 or Windows-1252 without control characters."""
    return not _CONTROL.search(content)


def looks_like_xml(content: Content) -> bool:
    head = content[:256]
    return bool(_XML.match(head.removeprefix(BOM)))


def xml(content: Content) -> bool:
    """Well-formed, without document type, entities, instructions and elements that a browser shows."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ProcessingInstructionHandler = _refuse
    parser.StartElementHandler = _element
    try:
        for start in range(0, len(content), 1 << 16):
            parser.Parse(content[start : start + (1 << 16)], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, _NotData, LookupError, ValueError):
        return False
    return True


def _refuse(*_arguments: object) -> None:
    raise _NotData


def _element(name: str, _attributes: dict[str, str]) -> None:
    space, _blank, local = name.rpartition(" ")
    if space in _PAGES or local.lower() in ("html", "svg", "script", "iframe"):
        raise _NotData
