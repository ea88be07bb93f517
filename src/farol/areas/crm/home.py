"""Panels of the start page."""

from __future__ import annotations

from typing import Any

PANELS: list[Any] = []
