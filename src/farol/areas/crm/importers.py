"""Goals and marketing spend from a file."""

from __future__ import annotations

from typing import Any

IMPORTERS: list[Any] = []
