"""The limit of a host: eight processes together never go beyond it."""

from __future__ import annotations

from pathlib import Path

import pytest

from farol.engines.sources.tests.source_processes import Counter, processes, serving

pytestmark = pytest.mark.alone


def test_eight_processes_stay_within_the_limit_of_one(tmp_path: Path):
    counter = Counter(pause_every=41)
    with serving(counter.answer) as url, processes(tmp_path) as ask:
        said = ask("ask", url=url, processes=8, questions=20, per_second=19.5, most=21)
    assert [row["answers"] for row in said] == [20] * 8
    assert counter.most_in_a_second() <= 21
    assert counter.early == 0
    assert len(counter.arrivals) == sum(row["requests"] for row in said)


@pytest.mark.slow
def test_at_the_published_rate(tmp_path: Path):
    counter = Counter(pause_every=1000)
    with serving(counter.answer) as url, processes(tmp_path) as ask:
        ask("ask", url=url, processes=8, questions=30, per_second=6.5, most=7)
    assert counter.most_in_a_second() <= 7
    assert len(counter.arrivals) / (counter.arrivals[-1] - counter.arrivals[0]) > 0.8 * 6.5
