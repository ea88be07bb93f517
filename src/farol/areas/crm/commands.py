"""Commands of the area: it has none of its own, the engines have groups that grow by its declarations."""

from __future__ import annotations

from typing import Any

COMMANDS: list[Any] = []
