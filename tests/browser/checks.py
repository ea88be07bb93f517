"""What every page must keep, looked at in the browser: `faults(page)` lists what is wrong, in words."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("checks.js").read_text(encoding="utf-8").partition("\n")[2]


def faults(page: Page) -> list[str]:
    """Controls without a name, targets under 24 pixels, text of low contrast, a page wider than the window, …"""
    return page.evaluate(SCRIPT)
