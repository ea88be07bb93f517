"""The truth of the made-up Tiny: a file of JSON lines, each on the disk before its answer leaves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Append-only. A torn last line (the simulator was killed while writing) was never answered and is left out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._mend()
        self._file = path.open("ab")

    def _mend(self) -> None:
        content = self.path.read_bytes() if self.path.exists() else b""
        if content and not content.endswith(b"\n"):
            self.path.write_bytes(content[: content.rfind(b"\n") + 1])

    def add(self, entry: dict[str, Any]) -> None:
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def entries(path: Path, kind: str = "") -> Iterator[dict[str, Any]]:
    """What a journal holds, of one `kind` where given: order, payable, status, marker, call."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line) if line.endswith("\n") else {"kind": ""}
            if entry["kind"] and kind in ("", entry["kind"]):
                yield entry
