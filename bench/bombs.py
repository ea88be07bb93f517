"""Workbooks and tables made to exhaust whoever opens them: how soon they are refused, and what others notice of it.

The first figures are of the look into the directory alone, in a process of its own; the others go through the page
that takes imports, while somebody turns pages.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.harness import ROOT, SCRATCH, Row
from bench.streams import ADDRESS, portal, view

FOLDER = SCRATCH / "bombs"
ROUNDS, VIEWS = 3, 60
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CORNER = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def run() -> Iterator[Row]:
    make(FOLDER)
    found = json.loads(_in_a_process_of_its_own())
    slowest = max(found["ms"].values())
    what = f"{len(found['ms'])} bombs refused from the directory, the slowest"
    yield Row(what, f"{slowest:.0f} ms", "", "", "≤ 200 ms")
    yield Row("… memory for all of them", f"{found['grown']:.0f} MB", "", "", "≤ 30 MB")
    yield from _through_the_door()


def make(folder: Path) -> None:
    """Twenty files: `refused-…` are judged by their directory, `child-…` reach the limited child."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Callable[[], bytes]] = {
        "refused-strings-105mb.xlsx": lambda: _archive({"xl/sharedStrings.xml": b"a" * (105 << 20)}),
        "refused-sheet-105mb.xlsx": lambda: _archive({"xl/worksheets/sheet1.xml": b"<c/>" * (26 << 20)}),
        "refused-4gb.xlsx": lambda: _said(0xFFFF_FFF0),
        "refused-500mb.xlsx": lambda: _said(500 << 20),
        "refused-10000-sheets.xlsx": lambda: _archive({f"xl/worksheets/s{n}.xml": b"" for n in range(10_000)}),
        "refused-500-sheets.xlsx": lambda: _archive({f"xl/worksheets/s{n}.xml": b"" for n in range(500)}),
        "refused-entities.xlsx": lambda: _archive({"xl/sharedStrings.xml": ENTITIES}),
        "refused-outside.xlsx": lambda: _archive({"../../outside.xml": b"x"}),
        "refused-nested.xlsx": lambda: _archive({"xl/embeddings/inner.zip": b"PK"}),
        "refused-cut.xlsx": lambda: _archive({"xl/worksheets/sheet1.xml": os.urandom(400_000)})[:300_000],
        "refused-zeros.xlsx": lambda: b"PK\x03\x04" + b"\0" * 400_000,
        "child-corner.xlsx": lambda: _book(CORNER),
        "child-many-rows.xlsx": lambda: _book(b"<row><c><v>1</v></c></row>" * 90_000),
        "child-wide.xlsx": lambda: _book(b'<row r="1">' + b"<c><v>1</v></c>" * 300_000 + b"</row>"),
        "child-lies.xlsx": lambda: _said(100, b"<v>1</v>" * (7 << 20)),
        "child-no-xml.xlsx": lambda: _archive({"xl/worksheets/sheet1.xml": b"\xff\xfe\0<"}),
        "child-long-line.csv": lambda: b"a;b\r\n" + b"x" * (15 << 20),
        "child-open-quote.csv": lambda: b'a;b\r\n"' + b"x\r\n" * (5 << 20),
        "child-zeros.csv": lambda: b"\0" * (15 << 20),
        "child-rows.csv": lambda: b"a;b\r\n" * (3 << 20),
    }  # fmt: skip
    for name, content in parts.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content())


def _archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        types = f'<Types xmlns="{PACKAGE}/content-types"/>'.encode()
        for name, content in {"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>", **parts}.items():
            out.writestr(name, content)
    return buffer.getvalue()


def _book(rows: bytes) -> bytes:
    """A workbook whose only sheet has these rows, whole enough for a reader to begin with it."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    sheets = '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}</workbook>'
    return _archive(
        {
            "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
            "xl/workbook.xml": book.encode(),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _relation(kind: str, target: str) -> bytes:
    relation = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{relation}</Relationships>'.encode()


def _said(size: int, part: bytes = b"a" * 5000) -> bytes:
    """An archive whose directory says that its sheet unpacks to `size` bytes."""
    content = bytearray(_archive({"xl/worksheets/sheet1.xml": part}))
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, size)
    return bytes(content)


def _in_a_process_of_its_own() -> str:
    env = {**os.environ, "FAROL_HOME": str(SCRATCH / "bombs-home"), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "bench.bombs"]
    return subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _guard() -> dict[str, float]:
    from farol.core.errors import BadInput
    from farol.platform.tables.workbook import guard

    taken = {}
    for path in sorted(FOLDER.glob("refused-*")):
        started = time.perf_counter()
        try:
            guard(path, path.name)
        except BadInput:
            taken[path.name] = 1000 * (time.perf_counter() - started)
        else:
            raise SystemExit(f"bench: {path.name} was not refused")
    return taken


def _peak() -> float:
    """MB that this process ever held."""
    text = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM")) / 1024


def _through_the_door() -> Iterator[Row]:
    with portal("cs_admin") as (cookies, serving):
        client = httpx.Client(base_url=ADDRESS, cookies=cookies[0], timeout=90)
        view(cookies[1], VIEWS)
        quiet = [taken for _round in range(ROUNDS) for taken in view(cookies[1], VIEWS)]
        before = _processes(serving)
        with _uploading(client) as answers:
            busy = [taken for _round in range(ROUNDS) for taken in view(cookies[1], VIEWS)]
        died = len(before - _processes(serving))
    wrong = [name for name, status, _ms in answers if status != 422]
    directory = [ms for name, _status, ms in answers if name.startswith("refused")]
    some, many = (statistics.quantiles(times, n=20)[-1] for times in (quiet, busy))
    yield Row("the same by upload, median of the answers", f"{statistics.median(directory):.0f} ms", "", "", "")
    ratio = f"{many / some:.2f} x"
    yield Row(
        "p95 of a page while they are sent, against quiet", f"{many:.0f} ms", f"{some:.0f} ms", ratio, "not slower"
    )
    yield Row(f"of {len(answers)} answers, not refused in words", f"{len(wrong)} {sorted(set(wrong))[:3]}", "", "", "0")
    yield Row("processes that died", str(died), "", "", "0")


@contextmanager
def _uploading(client: httpx.Client) -> Iterator[list[tuple[str, int, float]]]:
    """Somebody sends one file after the other until the block ends; name, status and milliseconds of each answer."""
    page = client.get("/clientes/importar").text
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    answers: list[tuple[str, int, float]] = []
    stop = threading.Event()

    def send() -> None:
        while True:
            for path in sorted(FOLDER.iterdir()):
                started = time.perf_counter()
                data = {"csrfmiddlewaretoken": token, "acao": "enviar"}
                files = {"file": (path.name, path.read_bytes())}
                answer = client.post("/clientes/importar", data=data, files=files, headers={"Referer": ADDRESS})
                answers.append((path.name, answer.status_code, 1000 * (time.perf_counter() - started)))
            if stop.is_set():
                return

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join()


def _processes(parent: int) -> set[int]:
    """The lasting processes below one: those that were there when nothing was read."""
    found = {int(p) for task in Path(f"/proc/{parent}/task").iterdir() for p in (task / "children").read_text().split()}
    return found | {below for child in found for below in _processes(child)} if found else found


def main() -> None:
    import django

    django.setup()
    before = _peak()
    print(json.dumps({"ms": _guard(), "grown": _peak() - before}))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
    main()
