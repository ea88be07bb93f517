"""Alert rules of the area."""

from __future__ import annotations

from typing import Any

RULES: list[Any] = []
