"""The commercial dashboard."""

from __future__ import annotations

from typing import Any

BOARDS: list[Any] = []
