"""Wilson's interval."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.engines.metrics.intervals import wilson


@given(st.integers(1, 5000), st.data())
def test_the_rate_lies_in_the_interval_and_its_ends_solve_the_equation(cases, data):
    hits = data.draw(st.integers(0, cases))
    low, high = wilson(hits, cases)
    rate = 100 * hits / cases
    assert 0 <= low <= rate + 1e-9
    assert rate - 1e-9 <= high <= 100
    for end in (float(low) / 100, float(high) / 100):
        if 0 < end < 1:
            assert math.isclose(abs(hits / cases - end), 1.2816 * math.sqrt(end * (1 - end) / cases), abs_tol=1e-9)


def test_known_values_and_what_makes_no_sense():
    low, high = wilson(1, 2, Decimal("1.96"))
    assert (round(low, 2), round(high, 2)) == (Decimal("9.45"), Decimal("90.55"))
    assert wilson(0, 0) is None
    assert wilson(0, 9)[0] == 0
    assert wilson(9, 9)[1] == 100
    for hits, cases in ((2, 1), (-1, 3)):
        with pytest.raises(ValueError, match="of"):
            wilson(hits, cases)
