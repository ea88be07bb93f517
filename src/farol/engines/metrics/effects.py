"""The arithmetic of a change: each segment's part, split in volume and ticket, adding up to the change exactly.

Nothing here knows a database. A sum of money changes by volume (more transactions at the old ticket) and by ticket
(the new transactions at the changed ticket). A ratio changes by mix (a segment's weight grew or shrank) and by rate
(the segment's own ratio moved); the two take the same places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Key = tuple[Any, ...]
ZERO = Decimal()


@dataclass(frozen=True)
class Pair:
    """Amount and volume of a segment, before and now (integers, or Decimal where they are expected values)."""

    amount_before: Decimal
    volume_before: Decimal
    amount: Decimal
    volume: Decimal

    def __add__(self, other: Pair) -> Pair:
        return Pair(
            self.amount_before + other.amount_before,
            self.volume_before + other.volume_before,
            self.amount + other.amount,
            self.volume + other.volume,
        )


NOTHING = Pair(ZERO, ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class Part:
    """One segment's part in the change. `weight` is its size before, on which a change shared by all would fall."""

    key: Key
    base: Decimal | None
    value: Decimal | None
    volume_effect: Decimal
    ticket_effect: Decimal
    weight: Decimal

    @property
    def delta(self) -> Decimal:
        return self.volume_effect + self.ticket_effect


def parts_of_sum(pairs: Mapping[Key, Pair], step: Decimal) -> list[Part]:
    """Parts of Σ amount: volume is (q − q₀)·a₀/q₀, the rest is ticket; a new or vanished segment is all volume."""
    return [_part_of_sum(key, pair, step) for key, pair in pairs.items()]


def _part_of_sum(key: Key, pair: Pair, step: Decimal) -> Part:
    delta = pair.amount - pair.amount_before
    if pair.volume_before and pair.volume:
        moved = (pair.volume - pair.volume_before) * pair.amount_before / pair.volume_before
        volume = moved.quantize(step, ROUND_HALF_UP)
    else:
        volume = delta
    return Part(key, pair.amount_before, pair.amount, volume, delta - volume, abs(pair.amount_before))


def parts_of_ratio(pairs: Mapping[Key, Pair], scale: Decimal, step: Decimal, delta: Decimal) -> list[Part]:
    """Parts of scale·Σ amount / Σ volume, rounded to `step`; what rounding leaves goes to the largest part."""
    whole = sum(pairs.values(), NOTHING)
    before = whole.amount_before * scale / whole.volume_before
    parts = [_part_of_ratio(key, pair, whole, before, scale, step) for key, pair in pairs.items()]
    return with_remainder(parts, delta)


def _part_of_ratio(key: Key, pair: Pair, whole: Pair, before: Decimal, scale: Decimal, step: Decimal) -> Part:
    weight_before, weight = pair.volume_before / whole.volume_before, pair.volume / whole.volume
    own_before = pair.amount_before * scale / pair.volume_before if pair.volume_before else None
    own = pair.amount * scale / pair.volume if pair.volume else None
    # a segment without a ratio of its own on one side is all mix
    level = own_before if own_before is not None else own or ZERO
    rate = ZERO if own is None else weight * (own - level)
    mix = (weight - weight_before) * (level - before)
    return Part(
        key, own_before, own, mix.quantize(step, ROUND_HALF_UP), rate.quantize(step, ROUND_HALF_UP), weight_before
    )


def with_remainder(parts: list[Part], delta: Decimal) -> list[Part]:
    """The parts, the largest of them corrected so that they add up to `delta` exactly."""
    left = delta - sum((p.delta for p in parts), ZERO)
    if not left or not parts:
        return parts
    largest = max(range(len(parts)), key=lambda i: abs(parts[i].delta))
    found = list(parts)
    found[largest] = replace(found[largest], ticket_effect=found[largest].ticket_effect + left)
    return found


MOST = 4
EXPLAINS = Decimal("0.7")
CALM = Decimal("0.34")


@dataclass(frozen=True)
class Finding:
    """The few parts that explain a change, and how well (1 = all of it, and the rest stood still)."""

    parts: tuple[Part, ...]
    quality: Decimal


def few_that_explain(parts: list[Part], delta: Decimal) -> Finding | None:
    """The fewest segments (at most `MOST`, never all) that carry at least `EXPLAINS` of the change while the rest, for
    its size, moved at most `CALM` as much. None when the change is spread like the segments' sizes: nothing inside
    explains it."""
    if not delta or len(parts) < 2:
        return None
    size = sum((p.weight for p in parts), ZERO)
    sign = 1 if delta > 0 else -1
    # what a segment did beyond its share of the common movement
    beyond = {p.key: sign * (p.delta - (delta * p.weight / size if size else ZERO)) for p in parts}
    ranked = sorted((p for p in parts if beyond[p.key] > 0), key=lambda p: (-beyond[p.key], str(p.key)))
    for count in range(1, min(MOST, len(parts) - 1, len(ranked)) + 1):
        found = tuple(ranked[:count])
        quality = _quality(found, delta, size)
        if quality is not None:
            return Finding(found, quality)
    return None


def _quality(found: tuple[Part, ...], delta: Decimal, size: Decimal) -> Decimal | None:
    moved, weight = sum((p.delta for p in found), ZERO), sum((p.weight for p in found), ZERO)
    share, rest, rest_weight = moved / delta, abs(delta - moved), size - weight
    if share < EXPLAINS:
        return None
    # relative movement of the rest against that of the segments found; a new segment has no size of its own
    calm = rest * weight / (rest_weight * abs(moved)) if rest_weight and weight else rest / abs(moved)
    if calm > CALM:
        return None
    return min(share, 1 / share) * (1 - calm)
