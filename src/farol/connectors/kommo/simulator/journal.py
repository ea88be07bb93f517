"""What was written into the made-up Kommo: a file of JSON lines, each on the disk before its answer leaves."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Journal:
    """Append-only; without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab") if path else None

    def add(self, entity: str, row: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps({"entity": entity, **row}, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file:
            self._file.close()
