"""What leaves for Kommo."""

from __future__ import annotations

from typing import Any

CHANNELS: list[Any] = []
