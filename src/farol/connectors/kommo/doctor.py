"""What `farol doctor` looks at in Kommo."""

from __future__ import annotations

from typing import Any

CHECKS: list[Any] = []
