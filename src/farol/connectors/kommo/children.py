"""What `farol up` starts beside its own processes: the made-up Kommo, where the settings ask for it."""

from __future__ import annotations

from typing import Any

CHILDREN: list[Any] = []
