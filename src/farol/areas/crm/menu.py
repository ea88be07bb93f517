"""Entries of the left rail."""

from __future__ import annotations

from farol.platform.web.menu import MenuItem

ITEMS: list[MenuItem] = []
