"""The people and cases of after-sales."""

from __future__ import annotations

from farol.areas.aftersales.conftest import admin, analyst, customer, verifier

__all__ = ["admin", "analyst", "customer", "verifier"]
