"""The area's part of the demo world."""

from __future__ import annotations

from typing import Any

BUILDERS: list[Any] = []
