"""The limit of a host: eight processes together never go beyond it."""

from __future__ import annotations

from pathlib import Path

import pytest

from farol.engines.sources.errors import Busy
from farol.engines.sources.limiter import Limit, Limiter
from farol.engines.sources.tests.source_processes import Counter, processes, serving


@pytest.mark.django_db
def test_a_call_that_came_late_slows_nobody_down_and_a_pause_is_no_credit():
    seconds = [1000.0]
    limiter = Limiter(Limit("pace", per_second=10, most_in_window=100), now=lambda: seconds[0])

    def may_at(instant: float) -> bool:
        seconds[0] = instant
        try:
            with limiter.call():
                return True
        except Busy:
            return False

    assert [may_at(at) for at in (1000, 1000.13, 1000.19, 1000.201)] == [True, True, False, True]
    assert [may_at(at) for at in (1005, 1005.06, 1005.11)] == [True, False, True]


@pytest.mark.alone
def test_eight_processes_stay_within_the_limit_of_one(tmp_path: Path):
    counter = Counter(pause_every=41)
    with serving(counter.answer) as url, processes(tmp_path) as ask:
        said = ask("ask", url=url, processes=8, questions=20, per_second=19.5, most=21)
    assert [row["answers"] for row in said] == [20] * 8
    assert counter.most_in_a_second() <= 21
    assert counter.early == 0
    assert len(counter.arrivals) == sum(row["requests"] for row in said)


@pytest.mark.alone
@pytest.mark.night
def test_at_the_published_rate(tmp_path: Path):
    counter = Counter(pause_every=1000)
    with serving(counter.answer) as url, processes(tmp_path) as ask:
        ask("ask", url=url, processes=8, questions=30, per_second=6.5, most=7)
    assert counter.most_in_a_second() <= 7
    assert len(counter.arrivals) / (counter.arrivals[-1] - counter.arrivals[0]) > 0.8 * 6.5
