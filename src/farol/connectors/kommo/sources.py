"""Kommo as a source of data."""

from __future__ import annotations

from typing import Any

SOURCES: list[Any] = []
