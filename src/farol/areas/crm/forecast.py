"""The forecast of the month on the command line."""

from __future__ import annotations

from typing import Any

FORECASTERS: list[Any] = []
