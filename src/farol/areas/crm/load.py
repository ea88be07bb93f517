"""Deals, leads and people of a CRM from files."""

from __future__ import annotations

from typing import Any

LOADERS: list[Any] = []
