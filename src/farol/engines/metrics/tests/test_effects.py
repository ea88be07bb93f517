"""Parts of a change add up exactly, whatever the numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from farol.engines.metrics.effects import NOTHING, Pair, few_that_explain, parts_of_ratio, parts_of_sum

STEP = Decimal(1)


def sides():
    """Amount and volume that are both there or both absent."""
    present = st.tuples(st.integers(1, 10**13), st.integers(1, 10**7))
    return st.one_of(st.just((0, 0)), present)


PAIRS = st.dictionaries(
    st.tuples(st.sampled_from("abcdefghij"), st.integers(1, 3)),
    st.tuples(sides(), sides()).map(lambda p: Pair(*(Decimal(n) for n in (*p[0], *p[1])))),
    min_size=1,
    max_size=30,
)


@given(PAIRS)
def test_parts_of_a_sum_add_up_to_the_centavo(pairs):
    parts = parts_of_sum(pairs, STEP)
    whole = sum(pairs.values(), NOTHING)
    assert sum(p.delta for p in parts) == whole.amount - whole.amount_before
    for part in parts:
        assert part.volume_effect + part.ticket_effect == part.value - part.base
        assert part.volume_effect == part.volume_effect.to_integral_value()


@given(PAIRS)
def test_parts_of_a_ratio_add_up_to_the_difference_shown(pairs):
    whole = sum(pairs.values(), NOTHING)
    if not (whole.volume and whole.volume_before):
        return
    shown = [
        (amount / volume).quantize(STEP, ROUND_HALF_UP)
        for amount, volume in ((whole.amount, whole.volume), (whole.amount_before, whole.volume_before))
    ]
    parts = parts_of_ratio(pairs, Decimal(1), STEP, shown[0] - shown[1])
    assert sum(p.delta for p in parts) == shown[0] - shown[1]
    # without the remainder of rounding each part is within one step of the exact decomposition
    assert len([p for p in parts if p.delta != p.delta.to_integral_value()]) == 0


def pair(before, now, volume_before=100, volume=100):
    return Pair(Decimal(before), Decimal(volume_before), Decimal(now), Decimal(volume))


def explained(pairs):
    parts = parts_of_sum({(name,): p for name, p in pairs.items()}, STEP)
    found = few_that_explain(parts, sum(p.delta for p in parts))
    return [p.key[0] for p in found.parts] if found else []


def test_new_and_vanished_segments_are_all_volume():
    new, gone = parts_of_sum({("new",): pair(0, 500, 0, 7), ("gone",): pair(300, 0, 3, 0)}, STEP)
    assert (new.volume_effect, new.ticket_effect) == (500, 0)
    assert (gone.volume_effect, gone.ticket_effect) == (-300, 0)


def test_one_segment_explains():
    calm = {f"s{i}": pair(1000, 1005) for i in range(9)}
    assert explained({**calm, "x": pair(1000, 200)}) == ["x"]


def test_two_segments_explain():
    calm = {f"s{i}": pair(1000, 990) for i in range(8)}
    assert explained({**calm, "x": pair(1000, 200), "y": pair(1000, 300)}) == ["x", "y"]


def test_nothing_inside_explains_a_change_shared_by_all():
    assert explained({f"s{i}": pair(1000 * (i + 1), 800 * (i + 1)) for i in range(10)}) == []
    assert explained({f"s{i}": pair(1000, 800 + i) for i in range(10)}) == []


def test_a_large_segment_is_not_blamed_for_its_size():
    assert explained({"large": pair(9000, 7200), "small": pair(1000, 800)}) == []


def test_a_new_segment_explains_growth():
    assert explained({"a": pair(1000, 1000), "b": pair(1000, 1010), "new": pair(0, 600, 0, 10)}) == ["new"]


def test_no_change_and_one_segment_explain_nothing():
    assert explained({"a": pair(1000, 1000), "b": pair(1000, 1000)}) == []
    assert explained({"a": pair(1000, 500)}) == []


def test_volume_and_ticket():
    (part,) = parts_of_sum({(): pair(10_000, 18_000, 100, 150)}, STEP)
    # 50 more transactions at the old 100, and 150 transactions at 20 more each
    assert (part.volume_effect, part.ticket_effect) == (5_000, 3_000)


def test_mix_and_rate():
    pairs = {("a",): pair(10_000, 10_000, 100, 100), ("b",): pair(5_000, 15_000, 100, 300)}
    shown = Decimal(25_000) / 400 - Decimal(15_000) / 200
    a, b = parts_of_ratio(pairs, Decimal(1), Decimal("0.01"), shown)
    # tickets stayed 100 and 50; only the weights moved, from halves to a quarter and three quarters
    assert a.ticket_effect == b.ticket_effect == 0
    assert a.volume_effect == (Decimal("0.25") - Decimal("0.5")) * (100 - 75)
    assert b.volume_effect == (Decimal("0.75") - Decimal("0.5")) * (50 - 75)
    assert a.delta + b.delta == shown
