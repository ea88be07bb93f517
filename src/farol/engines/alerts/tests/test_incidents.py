"""The bar of the benchmark of planted incidents, on a small fixed part of it."""

from __future__ import annotations

import pytest
from bench.alerts_incidents import classic, generated, ours, same_weekday


@pytest.mark.slow
def test_finds_what_is_planted_and_little_else():
    scores = generated([1], 24, {"ours": ours, "28-day z": classic, "same weekday": same_weekday})
    mine, old, plain = scores.values()
    assert mine.recall >= 0.9
    assert mine.precision >= 0.8
    assert old.recall < mine.recall
    assert plain.precision < mine.precision


def test_the_same_seed_gives_the_same_world():
    one, other = (generated([3], 1, {"ours": ours})["ours"] for _ in range(2))
    assert one == other
