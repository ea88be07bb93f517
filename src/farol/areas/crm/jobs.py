"""What the area does on a schedule."""

from __future__ import annotations

from typing import Any

JOBS: list[Any] = []
