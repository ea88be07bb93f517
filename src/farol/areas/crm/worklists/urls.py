"""Addresses, under those of the area."""

from __future__ import annotations

from typing import Any

patterns: list[Any] = []
