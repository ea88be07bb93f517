"""What people are told."""

from __future__ import annotations

from typing import Any

NOTICES: list[Any] = []
