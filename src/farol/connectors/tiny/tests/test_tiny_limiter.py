"""The allowance: no window of a minute holds more, whichever processes ask."""

from __future__ import annotations

import datetime as dt

import pytest

from farol.connectors.tiny import ErpBusy, gateway
from farol.connectors.tiny.limiter import Limiter
from farol.connectors.tiny.models import Allowance
from farol.core import clock

NOON = dt.datetime(2026, 11, 23, 15, tzinfo=dt.UTC)


def at(seconds: float):
    return clock.frozen(NOON + dt.timedelta(seconds=seconds))


def spend(limiter: Limiter) -> int:
    """Calls until the limiter says no."""
    for count in range(1000):
        try:
            with limiter.call():
                pass
        except ErpBusy:
            return count
    raise AssertionError


def wait_of(limiter: Limiter) -> float:
    with pytest.raises(ErpBusy) as busy, limiter.call():
        pass
    return busy.value.after


@pytest.fixture
def twenty(settings, db):
    settings.FAROL_TINY_PER_MINUTE = 20


def test_work_behind_leaves_a_fifth_to_people(twenty):
    behind, person = Limiter("a", background=True), Limiter("a", background=False)
    with at(0):
        assert spend(behind) == 16
        assert spend(person) == 4
    with at(59):
        assert spend(behind) == 0
        assert 0 < wait_of(behind) < 3
    with at(61):
        assert spend(behind) == 16


def test_the_wait_named_is_long_enough_and_no_longer_than_a_minute(twenty):
    limiter = Limiter("a", background=True)
    for second in range(0, 32, 2):
        with at(second), limiter.call():
            pass
    with at(32):
        wait = wait_of(limiter)
    assert 28 < wait < 29
    with at(32 + wait), limiter.call():
        pass


def test_a_long_call_counts_until_a_minute_after_its_end(twenty):
    limiter = Limiter("a", background=True)
    with at(0):
        call = limiter.call()
        call.__enter__()
    with at(30):
        call.__exit__(None, None, None)
    with at(61):
        assert spend(limiter) == 15


def test_two_at_once_and_a_call_whose_process_died_is_given_up(twenty):
    limiter = Limiter("a", background=False)
    with at(0):
        tickets = [limiter._enter(), limiter._enter()]
        assert wait_of(limiter) == 1
    with at(121), limiter.call():
        pass
    assert not set(tickets) & set(Allowance.objects.get().running)


def test_accounts_do_not_share_and_processes_do(twenty):
    with at(0):
        spend(Limiter("a", background=True))
        assert spend(Limiter("b", background=True)) == 16
        assert spend(Limiter("a", background=True)) == 0
    assert "a" not in Allowance.objects.values_list("account", flat=True)


def test_a_stated_allowance_is_learned_within_reason(twenty):
    limiter = Limiter("a", background=True)
    with at(0):
        spend(limiter)
        limiter.learn(60)
        assert spend(limiter) == 32
        for nonsense in (0, -1, 10**9):
            limiter.learn(nonsense)
    assert limiter.per_minute() == 60


def test_too_many_at_once_makes_the_way_narrow_for_a_while(twenty):
    limiter = Limiter("a", background=False)
    with at(0), limiter.call():
        pass
    with at(0):
        pause = limiter.narrow()
    assert 3 <= pause <= 8
    with at(1):
        assert wait_of(limiter) == pytest.approx(pause - 1)
    with at(20), limiter.call():
        assert wait_of(limiter) == 1


def test_a_clock_set_back_does_not_shut_the_way(twenty):
    limiter = Limiter("a", background=False)
    with at(10**6):
        spend(limiter)
        limiter.shut(3000)
    with at(0), limiter.call():
        pass


@pytest.mark.parametrize(("plan", "code"), [(3, 6)])
def test_what_tiny_says_of_its_limit_holds_for_all(db, tiny, plan, code):
    erp = gateway()
    with at(0):
        erp.check()
        tiny.limits.per_minute = plan
        for _call in range(5):
            try:
                erp.check()
            except ErpBusy as busy:
                last = busy
        assert last.after <= 61
        with pytest.raises(ErpBusy):
            gateway(background=True).check()
        asked = tiny.limits.over
        with pytest.raises(ErpBusy):
            gateway().check()
        assert tiny.limits.over == asked <= 1
