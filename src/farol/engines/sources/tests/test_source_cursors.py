"""Walks through lists that change meanwhile: nothing is lost, and every walk ends."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from farol.core import clock
from farol.engines.sources.cursors import Page, changes, kept, window
from farol.engines.sources.errors import BadAnswer, Broken, Slow

START = 1_700_000_000
OVERLAP = 600
EXAMPLES = 3000 if "--all" in sys.argv else 300


class World:
    """A list at the other side: records by id, changed between two questions by `plans`."""

    def __init__(self, stamps: list[int], limit: int, plans: list[tuple], filtered=True, ordered=True) -> None:
        self.records = {n: START + stamp for n, stamp in enumerate(stamps)}
        self.now = START + 10_000
        self.limit, self.plans = limit, list(plans)
        self.filtered, self.ordered = filtered, ordered
        self.asked, self.lost = 0, False

    def fetch(self, since: int, number: int) -> Page:
        return self._page(since, 10**12, number)

    def fetch_window(self, start: int, end: int, number: int) -> Page:
        return self._page(start, end, number)

    def _page(self, start: int, end: int, number: int) -> Page:
        self.asked += 1
        assert self.asked < 5000, "the walk does not end"
        self.now += 1
        lost = self._change()
        rows = [(s, i) for i, s in self.records.items() if not self.filtered or start <= s <= end]
        rows = sorted(rows, reverse=not self.ordered)
        if lost:
            return Page([], False)
        begin = (number - 1) * self.limit
        part = rows[begin : begin + self.limit]
        return Page([{"id": i, "updated_at": s} for s, i in part], len(rows) > begin + self.limit)

    def _change(self) -> bool:
        """Carry the next plan out; True where the answer gets lost on its way."""
        what, which = self.plans.pop(0) if self.plans else ("", 0)
        ids = sorted(self.records)
        if what == "edit" and ids:
            self.records[ids[which % len(ids)]] = self.now
        elif what == "delete" and ids:
            del self.records[ids[which % len(ids)]]
        elif what == "create":
            self.records[1000 + self.asked] = self.now - which % OVERLAP  # some come late
        elif what == "future":
            self.records[2000 + self.asked] = self.now + 100_000
        self.lost = what == "lost" and not self.lost  # never twice in a row
        return self.lost


def walk(world: World, since: int, got: dict[int, int]) -> int:
    """One load; the instant that the next one begins at."""
    at = since
    with clock.frozen(dt.datetime.fromtimestamp(world.now, dt.UTC)):
        for chunk in changes(world.fetch, since=since, limit=world.limit):
            got |= {r["id"]: r["updated_at"] for r in chunk}
            at = at if chunk.safe is None else kept(chunk.safe, world.now, OVERLAP)
    return max(at, since - OVERLAP)


PLANS = st.lists(
    st.tuples(st.sampled_from(["", "", "edit", "edit", "delete", "create", "future", "lost"]), st.integers(0, 2000)),
    max_size=25,
)
STAMPS = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 9_000)), max_size=40)


@settings(max_examples=EXAMPLES, deadline=None)
@given(STAMPS, st.integers(2, 6), PLANS, st.booleans(), st.booleans())
def test_whatever_happens_meanwhile_two_loads_have_everything(stamps, limit, plans, filtered, ordered):
    assume(ordered or len(set(sorted(stamps)[-2 * limit :])) > limit)  # otherwise nobody can tell that it has no order
    world, got, since = World(stamps, limit, plans, filtered, ordered), {}, START
    for _load in range(len(plans) + 2):  # every load asks at least once, so nothing happens during the last one
        try:
            since = walk(world, since, got)
        except BadAnswer:
            continue  # did not hold still: said so, and the next load begins where this one did
        if not world.plans:
            break
    walk(world, since, got)
    missing = {i: s for i, s in world.records.items() if got.get(i) != s}
    assert not missing


@settings(max_examples=EXAMPLES, deadline=None)
@given(STAMPS, st.integers(1, 6), st.booleans(), st.booleans(), st.integers(0, 9_000))
def test_a_list_that_holds_still_is_handed_on_once(stamps, limit, filtered, ordered, since):
    assume(ordered or len(set(sorted(stamps)[-2 * limit :])) > limit)
    world, got = World(stamps, limit, [], filtered, ordered), []
    for chunk in changes(world.fetch, since=START + since, limit=limit):
        got += [(r["id"], r["updated_at"]) for r in chunk]
    wanted = {(i, s) for i, s in world.records.items() if s >= START + since}
    assert set(got) == wanted
    if filtered and ordered:
        assert len(got) == len(wanted)


@settings(max_examples=EXAMPLES, deadline=None)
@given(STAMPS, st.integers(1, 6), PLANS, st.booleans(), st.integers(1, 5))
def test_a_window_has_everything_that_stayed_in_it(stamps, limit, plans, filtered, most):
    world, got, end = World(stamps, limit, plans, filtered, ordered=False), {}, START + 9_000
    before = dict(world.records)
    try:
        for chunk in window(world.fetch_window, START, end, pages_at_most=most):
            got |= {r["id"]: r["updated_at"] for r in chunk}
    except BadAnswer:
        return
    stayed = {i: s for i, s in before.items() if world.records.get(i) == s and s <= end}
    assert {i: s for i, s in stayed.items() if got.get(i) != s} == {}
    assert all(START <= s <= end for s in got.values())


def test_ten_thousand_records_of_one_second():
    world = World([5] * 10_000 + [7] * 3, 250, [])
    got = [r["id"] for chunk in changes(world.fetch, since=START, limit=250) for r in chunk]
    assert len(got) == len(set(got)) == 10_003
    assert world.asked < 150


def test_an_edit_between_pages_moves_ahead_not_out_of_sight():
    world = World(list(range(20)), 5, [("", 0), ("edit", 2), ("edit", 0)])
    got = {}
    walk(world, START, got)
    assert got == world.records


def test_a_record_from_the_future_does_not_move_the_cursor_beyond_now():
    world = World([1, 2], 5, [("future", 0)])
    assert walk(world, START, {}) <= world.now - OVERLAP


def test_too_slow_a_window_is_halved():
    world = World(list(range(64)), 10, [])

    def slow(start: int, end: int, number: int) -> Page:
        if end - start > 20:
            raise Slow("too much")
        return world.fetch_window(start, end, number)

    got = {r["id"] for chunk in window(slow, START, START + 63) for r in chunk}
    assert got == set(range(64))


def test_a_page_that_repeats_for_ever_is_refused():
    page = Page([{"id": 1, "updated_at": START + 2}, {"id": 2, "updated_at": START + 1}], True)
    with pytest.raises(BadAnswer):
        list(changes(lambda _since, _number: page, since=START, limit=2))


def test_a_record_without_instant_is_named():
    with pytest.raises(Broken, match="17"):
        list(changes(lambda _since, _number: Page([{"id": 17}], False), since=START, limit=2))


def test_a_page_promised_that_comes_empty_makes_another_pass():
    world = World(list(range(30)), 10, [])

    def lossy(start: int, end: int, number: int) -> Page:
        page = world.fetch_window(start, end, number)
        return Page([], False) if world.asked in (2, 3) else page

    got = {r["id"] for chunk in window(lossy, START, START + 40, verify=False) for r in chunk}
    assert got == set(range(30))
