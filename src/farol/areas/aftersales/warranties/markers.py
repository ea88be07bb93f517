"""Markers: GR1, GR2, TR1 … , a running number per original order, or per customer and product where none is known."""

from __future__ import annotations

from farol.areas.aftersales.warranties.models import MARKER_PREFIX
from farol.engines.workflow import counters


def key_of(kind: str, order: str, customer_id: int, sku: str) -> str:
    """What a marker counts within: the kind and the original order, else the kind, the customer and the first item."""
    prefix = MARKER_PREFIX[kind]
    return f"{prefix}:order:{order.upper()}" if order else f"{prefix}:customer:{customer_id}:{sku.upper()}"


def take(kind: str, key: str) -> tuple[str, int]:
    """The next marker of a key and its number, without hole or twin: the counter is locked until the case is stored."""
    number = counters.take(f"marker:{key}")
    return f"{MARKER_PREFIX[kind]}{number}", number
