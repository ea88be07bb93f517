"""How sure a rate is: the range in which the true rate lies, given how few cases it was taken from."""

from __future__ import annotations

from decimal import Decimal

EIGHTY = Decimal("1.2816")
"""Four times in five the range holds the true rate."""
LEAST = 10
"""Cases below which nobody is ranked by a rate."""


def wilson(hits: int, cases: int, z: Decimal = EIGHTY) -> tuple[Decimal, Decimal] | None:
    """Wilson's interval of `hits` / `cases` in percent, within 0 and 100; None without cases.

    `ValueError` unless 0 ≤ hits ≤ cases.
    """
    if not 0 <= hits <= cases:
        raise ValueError(f"{hits} of {cases}")
    if not cases:
        return None
    n, rate, square = Decimal(cases), Decimal(hits) / cases, z * z
    middle = (rate + square / (2 * n)) / (1 + square / n)
    half = z * (rate * (1 - rate) / n + square / (4 * n * n)).sqrt() / (1 + square / n)
    low = Decimal(0) if not hits else max(Decimal(0), middle - half)
    high = Decimal(1) if hits == cases else min(Decimal(1), middle + half)
    return low * 100, high * 100
