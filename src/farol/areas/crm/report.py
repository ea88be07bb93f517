"""Reports of the area."""

from __future__ import annotations

from typing import Any

REPORTS: list[Any] = []
