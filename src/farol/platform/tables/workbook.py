"""XLSX workbooks: refused from the archive's directory where they are bombs, else read by a limited child process."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
import zlib
from pathlib import Path

from django.utils.translation import gettext as _

from farol.core import formats
from farol.core.errors import BadInput, Unavailable
from farol.platform.tables.plain import PlainFile, digest_of

MOST_ENTRIES = 2_000
MOST_SHEETS = 200
TAIL = 22 + 65_535  # of an archive: the end of its directory and the longest comment
MOST_UNPACKED = 400 << 20
MOST_RATIO = 150
RATIO_FROM = 8 << 20
CHILD_MEMORY = 512 << 20
CHILD_SECONDS = 30
CHILD_OUTPUT = 1 << 30
CHILDREN = 2  # at once in one process, so that memory stays bounded however many files arrive
NO_TABLE, TOO_MANY_ROWS = 3, 4  # how the child ends
_turns = threading.BoundedSemaphore(CHILDREN)


def guard(path: Path, name: str) -> None:
    """`BadInput` for an archive that is not a plain workbook or unpacks to too much.

    Only the directory is read, and the first bytes of the parts: a document type is where entities are declared.
    """
    _refuse_long_directory(path, name)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _judge(entries, name)
            if any(_declares(archive, entry) for entry in entries):
                raise BadInput("file", _("%(file)s is not an .xlsx workbook.") % {"file": name})
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _damaged(name) from error


def _refuse_long_directory(path: Path, name: str) -> None:
    """Reading a directory of a million parts would itself take seconds."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise _damaged(name)
    if int.from_bytes(tail[at + 10 : at + 12], "little") > MOST_ENTRIES:
        raise _too_large(name)


def _judge(entries: list[zipfile.ZipInfo], name: str) -> None:
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise BadInput("file", _("%(file)s is not an .xlsx workbook.") % {"file": name})
    sheets = sum(one.startswith("xl/worksheets/") for one in names)
    if len(entries) > MOST_ENTRIES or sheets > 2 * MOST_SHEETS or len(names) != len(entries):
        raise _too_large(name)
    if any(_strange(entry) for entry in entries) or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _too_large(name)


def _declares(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a part of XML declares a document type, as no workbook does."""
    if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
        return False
    with archive.open(entry) as part:
        head = part.read(2048)
    return b"<!" in head.replace(b"<!--", b"").replace(b"\0", b"")


def workbook_text(path: Path, name: str, work: Path) -> PlainFile:
    """The first sheet with rows, as delimited text whose line numbers are the sheet's rows."""
    guard(path, name)
    digest = digest_of(path)
    target = work / f"{digest[:16]}.csv"
    _child(path, name, target, "text", 0)
    return PlainFile(target, name, digest, "xlsx")


def workbook_lines(path: Path, name: str, work: Path, most: int) -> Path:
    """The first sheet with rows, each as `[row number, [cells]]` in JSON; see `typed.read_cell`.

    `BadInput` for more than `most` rows below the first.
    """
    guard(path, name)
    target = work / "rows.jsonl"
    _child(path, name, target, "typed", most + 1)
    return target


def _child(path: Path, name: str, target: Path, mode: str, most: int) -> None:
    limits = [str(n) for n in (CHILD_MEMORY, CHILD_SECONDS, CHILD_OUTPUT)]
    script = str(Path(__file__).with_name("workbook_child.py"))
    command = [sys.executable, "-I", script, str(path), str(target), *limits, mode, str(most)]
    if not _turns.acquire(timeout=CHILD_SECONDS):
        raise Unavailable(_("Other workbooks are being read. Try again in a minute."))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=CHILD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_large(name) from error
    finally:
        _turns.release()
    if done.returncode == TOO_MANY_ROWS:
        raise too_many_rows(name, most - 1)
    if done.returncode:
        raise _damaged(name) if done.returncode == NO_TABLE else _too_large(name)


def too_many_rows(name: str, most: int) -> BadInput:
    sentence = _("%(file)s has more than %(most)s rows. Split it into smaller files.")
    return BadInput("file", sentence % {"file": name, "most": formats.number(most)}, code="too_many_rows")


def _strange(entry: zipfile.ZipInfo) -> bool:
    """A part that unpacks to a multiple no workbook needs, leads out, is encrypted, or is an archive itself."""
    parts = entry.filename.replace("\\", "/").split("/")
    bomb = entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
    nested = entry.filename.lower().endswith((".zip", ".xlsx", ".gz", ".7z"))
    return bomb or nested or ".." in parts or parts[0] == "" or bool(entry.flag_bits & 1)


def _damaged(name: str) -> BadInput:
    return BadInput(
        "file", _("%(file)s is damaged and cannot be opened as a workbook.") % {"file": name}, code="damaged"
    )


def _too_large(name: str) -> BadInput:
    sentence = _("%(file)s unpacks to more than a workbook may have. Save the sheet as CSV and load that.")
    return BadInput("file", sentence % {"file": name}, code="too_large")
