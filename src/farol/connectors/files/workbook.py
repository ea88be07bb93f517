"""XLSX workbooks: refused from the archive's directory where they are bombs, else read by a limited child process."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from farol.connectors.files.plain import PlainFile, digest_of
from farol.core.errors import BadInput

MOST_ENTRIES = 2_000
MOST_UNPACKED = 400 << 20
MOST_RATIO = 150
RATIO_FROM = 8 << 20
CHILD_MEMORY = 512 << 20
CHILD_SECONDS = 30
CHILD_OUTPUT = 1 << 30


def guard(path: Path, name: str) -> None:
    """`BadInput` for an archive that is not a plain workbook or unpacks to too much; only the directory is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(name) from error
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise BadInput("file", _("%(file)s is not an .xlsx workbook.") % {"file": name})
    if len(entries) > MOST_ENTRIES or len(names) != len(entries) or any(_strange(entry) for entry in entries):
        raise _too_large(name)
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _too_large(name)


def workbook_text(path: Path, name: str, work: Path) -> PlainFile:
    """The first sheet with rows, as delimited text whose line numbers are the sheet's rows."""
    guard(path, name)
    digest = digest_of(path)
    target = work / f"{digest[:16]}.csv"
    limits = [str(n) for n in (CHILD_MEMORY, CHILD_SECONDS, CHILD_OUTPUT)]
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("workbook_child.py")),
        str(path),
        str(target),
        *limits,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=CHILD_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _too_large(name) from error
    if done.returncode:
        raise _damaged(name) if done.returncode == 3 else _too_large(name)
    return PlainFile(target, name, digest, "xlsx")


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
