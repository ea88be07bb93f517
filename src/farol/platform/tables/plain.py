"""Brings any accepted file to one form: delimited text in UTF-8 on the disk, read once from end to end."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

from farol.core.errors import BadInput

CHUNK = 1 << 20
LONGEST_LINE = 2 << 20
MOST_BYTES = 64 << 30
Progress = Callable[[int], None]
UTF8_BOM = codecs.BOM_UTF8


@dataclass(frozen=True)
class PlainFile:
    """A file ready to be read: `path` is UTF-8 text, `name` what people call it, `digest` of the original bytes."""

    path: Path
    name: str
    digest: str
    encoding: str


def kind_of(path: Path) -> str:
    """`gzip`, `zip` (an XLSX), `ole` (an old XLS) or `text`, by the first bytes and never by the name."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return "ole" if head.startswith(b"\xd0\xcf\x11\xe0") else "text"


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain_text(path: Path, name: str, work: Path, encoding: str | None, progress: Progress) -> PlainFile:
    """A text file, perhaps compressed, as UTF-8. Only what is not plain UTF-8 already is written again.

    `BadInput` for a damaged archive, binary content, or a line of more than 2 MB.
    """
    compressed = kind_of(path) == "gzip"
    scan = _scan(path, name, compressed, progress)
    chosen = encoding or ("utf-8-sig" if scan.bom else "utf-8" if scan.utf8 else "cp1252")
    if not compressed and scan.utf8 and chosen in ("utf-8", "utf-8-sig"):
        return PlainFile(path, name, scan.digest, chosen)
    target = work / f"{scan.digest[:16]}.csv"
    _rewrite(path, name, target, chosen, compressed)
    return PlainFile(target, name, scan.digest, chosen)


@dataclass
class _Scan:
    digest: str = ""
    utf8: bool = True
    bom: bool = False


def _scan(path: Path, name: str, compressed: bool, progress: Progress) -> _Scan:
    """One pass over the bytes: digest, whether they are UTF-8, whether any line is absurdly long."""
    scan, digest = _Scan(), hashlib.sha256()
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as raw:
        counted = _Counted(raw, digest, progress)
        for number, chunk in enumerate(_chunks(counted, name, compressed)):
            if not number:
                scan.bom = chunk.startswith(UTF8_BOM)
                _refuse_binary(chunk, name)
            scan.utf8 = scan.utf8 and (_plain(decoder, chunk) or _decodes(decoder, chunk))
            line = len(chunk) - chunk.rfind(b"\n") if b"\n" in chunk else line + len(chunk)
            if line > LONGEST_LINE:
                raise BadInput("file", _("%(file)s has a line of more than 2 MB; it is not a table.") % {"file": name})
    scan.utf8 = scan.utf8 and _decodes(decoder, b"", final=True)
    scan.digest = digest.hexdigest()
    return scan


def _plain(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    """ASCII between whole characters needs no decoding, and most files are nothing else."""
    return chunk.isascii() and decoder.getstate()[0] == b""


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(head: bytes, name: str) -> None:
    if b"\0" in head[:4096] and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput("file", _("%(file)s is not a text file, a .gz of one, or an .xlsx workbook.") % {"file": name})


class _Counted:
    """A raw file whose bytes are digested and counted as they are read."""

    def __init__(self, raw: IO[bytes], digest: hashlib._Hash, progress: Progress) -> None:
        self._raw, self._digest, self._progress = raw, digest, progress

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self._digest.update(data)
        self._progress(len(data))
        return data


def _chunks(raw: _Counted, name: str, compressed: bool) -> Iterator[bytes]:
    source = gzip.GzipFile(fileobj=cast("IO[bytes]", raw), mode="rb") if compressed else raw
    total = 0
    try:
        while chunk := source.read(CHUNK):
            total += len(chunk)
            if total > MOST_BYTES:
                raise BadInput("file", _("%(file)s is larger than 64 GB when unpacked.") % {"file": name})
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadInput(
            "file", _("%(file)s is damaged: the archive ends early or is broken.") % {"file": name}
        ) from error


def _rewrite(path: Path, name: str, target: Path, encoding: str, compressed: bool) -> None:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise BadInput("encoding", _("“%(encoding)s” is not a known encoding.") % {"encoding": encoding}) from error
    with path.open("rb") as raw, target.open("w", encoding="utf-8", newline="") as out:
        try:
            for chunk in _chunks(_Counted(raw, hashlib.sha256(), lambda _size: None), name, compressed):
                out.write(decoder.decode(chunk))
            out.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as error:
            raise BadInput(
                "encoding",
                _("%(file)s cannot be read as %(encoding)s. Give its encoding, for example latin-1.")
                % {"file": name, "encoding": encoding},
            ) from error
