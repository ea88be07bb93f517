"""When a job is due, and that a claim is given once."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.core import clock
from farol.core.errors import Refused
from farol.platform.jobs import Job, LostLease, plan
from farol.platform.jobs.models import Cause, Outcome, Presence, Run, Schedule
from farol.platform.jobs.presence import BEAT, SILENCE, Life, Watch
from farol.platform.jobs.runner import ActiveRun, execute

NOON = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def job(run=lambda _run: None, **options) -> Job:
    return Job("test.daily", "Daily", options.pop("cron", "0 6 * * *"), run, **options)


@pytest.fixture
def life(db) -> str:
    return Presence.objects.create(id="worker-1", kind="worker", host="test", pid=1).pk


def begin(daily: Job, holder: str, cause: str | None = None) -> plan.Claim | None:
    row = plan.schedule_of(daily)
    wanted = cause or plan.due(row)
    return plan.claim(daily, row, holder, wanted) if wanted else None


def test_six_in_the_morning_is_local(life):
    with clock.frozen(NOON):
        row = plan.schedule_of(job())
    assert clock.local(row.next_at).isoformat() == "2026-11-21T06:00:00-03:00"


def test_a_new_job_waits_for_its_time(life):
    with clock.frozen(NOON):
        assert begin(job(), life) is None
    with clock.frozen(NOON + DAY):
        assert begin(job(), life).cause == Cause.SCHEDULE


def test_what_was_missed_is_caught_up_once(life):
    with clock.frozen(NOON):
        plan.schedule_of(job())
    with clock.frozen(NOON + 5 * DAY):
        claim = begin(job(), life)
        assert clock.local(claim.due_at).date() == dt.date(2026, 11, 21)
        assert plan.finish(claim, Outcome.DONE)
        assert begin(job(), life) is None
    with clock.frozen(NOON + 6 * DAY):
        assert begin(job(), life)


def test_clock_an_hour_back_runs_nothing_twice(life):
    six = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
    with clock.frozen(NOON):
        plan.schedule_of(job())
    with clock.frozen(six):
        plan.finish(begin(job(), life), Outcome.DONE)
    with clock.frozen(six - dt.timedelta(hours=1)):
        assert begin(job(), life) is None
    with clock.frozen(six + dt.timedelta(minutes=1)):
        assert begin(job(), life) is None


def test_clock_three_days_forward_and_back_loses_no_day(life):
    with clock.frozen(NOON):
        plan.schedule_of(job())
    with clock.frozen(NOON + 3 * DAY):
        plan.finish(begin(job(), life), Outcome.DONE)
    with clock.frozen(NOON):
        assert begin(job(), life) is None
    with clock.frozen(NOON + DAY):
        assert begin(job(), life)


def test_a_changed_expression_is_planned_anew(life):
    with clock.frozen(NOON):
        plan.schedule_of(job())
        row = plan.schedule_of(job(cron="30 12 * * *"))
    assert clock.local(row.next_at).isoformat() == "2026-11-20T12:30:00-03:00"


def test_a_paused_job_runs_only_when_a_person_asks(life):
    with clock.frozen(NOON):
        plan.schedule_of(job())
        Schedule.objects.update(paused=True)
    with clock.frozen(NOON + DAY):
        assert begin(job(), life) is None
        Schedule.objects.update(requested=Cause.PERSON)
        assert begin(job(), life).cause == Cause.PERSON


def test_two_that_read_the_same_row_get_one_claim(life):
    row = plan.schedule_of(job())
    assert plan.claim(job(), row, life, Cause.PERSON)
    assert plan.claim(job(), row, "worker-2", Cause.PERSON) is None


def test_one_that_comes_after_the_end_does_not_run_it_again(life):
    with clock.frozen(NOON):
        plan.schedule_of(job())
    with clock.frozen(NOON + DAY):
        late_reader = plan.schedule_of(job())
        plan.finish(begin(job(), life), Outcome.DONE)
        assert plan.claim(job(), late_reader, "worker-2", Cause.SCHEDULE) is None


def test_run_of_a_buried_process_is_freed_and_begins_once_more(life):
    first = begin(job(), "worker-gone", Cause.SCHEDULE)
    assert plan.free_orphans() == 1
    assert Run.objects.get(token=first.token).outcome == Outcome.LOST
    second = begin(job(), "worker-gone")
    assert second.cause == Cause.RETRY
    assert plan.free_orphans() == 1
    assert begin(job(), life) is None


def test_a_zombie_cannot_go_on_nor_finish(life):
    run = ActiveRun(begin(job(), "worker-slow", Cause.PERSON))
    run.check()
    plan.free_orphans()
    other = begin(job(), life)
    with pytest.raises(LostLease):
        run.check()
    with pytest.raises(LostLease):
        run.progress(1, 2, "half")
    assert not plan.finish(run.claim, Outcome.DONE)
    assert plan.finish(other, Outcome.DONE)
    assert Run.objects.get(token=run.token).outcome == Outcome.LOST


def test_outcome_and_error_in_words(life):
    def refuse(_run):
        raise Refused("The file has no column “day”.")

    run = ActiveRun(begin(job(refuse), life, Cause.PERSON))
    assert execute(run) == (Outcome.FAILED, "The file has no column “day”.")
    row = Schedule.objects.get()
    assert (row.last_outcome, row.last_error, row.holder) == (Outcome.FAILED, "The file has no column “day”.", "")


def test_secrets_do_not_reach_the_history(life):
    def leak(_run):
        raise RuntimeError("GET https://api.example.com?token=canary-4711-abcdef failed")

    execute(ActiveRun(begin(job(leak), life, Cause.PERSON)))
    assert "canary" not in Run.objects.get().error


def test_progress_is_kept(life):
    run = ActiveRun(begin(job(lambda r: r.progress(3, 10, "rows")), life, Cause.PERSON))
    execute(run)
    row = Run.objects.get()
    assert (row.done, row.total, row.text, row.outcome) == (3, 10, "rows", Outcome.DONE)


def test_quiet_jobs_leave_no_history(life):
    execute(ActiveRun(begin(job(quiet=True), life, Cause.SCHEDULE)))
    assert not Run.objects.exists()
    assert Schedule.objects.get().last_outcome == Outcome.DONE


@pytest.fixture
def two_lives(db) -> tuple[Life, Life]:
    return Life("worker"), Life("worker")


def test_the_silent_are_buried_within_a_minute_and_the_living_stay(two_lives):
    living, _silent = two_lives
    watch, seconds = Watch(), 0.0
    while Presence.objects.count() == 2:
        living.beat()
        watch.look(seconds)
        seconds += BEAT
    assert SILENCE <= seconds <= 60
    assert list(Presence.objects.values_list("id", flat=True)) == [living.id]


def test_a_pause_of_the_observer_buries_nobody(two_lives):
    watch = Watch()
    watch.look(0)
    assert watch.look(3600) == 0
    assert Presence.objects.count() == 2


def test_a_clock_set_anywhere_buries_nobody(two_lives):
    watch = Watch()
    for step in range(20):
        with clock.frozen(NOON + (DAY * 3 if step % 2 else -DAY)):
            for life in two_lives:
                life.beat()
            assert watch.look(step * BEAT) == 0


def test_the_buried_come_back_under_another_name(db):
    life = Life("worker")
    before = life.id
    Presence.objects.all().delete()
    life.beat()
    assert life.id != before
    assert Presence.objects.filter(pk=life.id).exists()


@given(st.datetimes(dt.datetime(2017, 1, 1), dt.datetime(2030, 1, 1)), st.sampled_from(["0 6 * * *", "30 0 * * *"]))
def test_next_is_always_ahead_and_within_two_days(moment, cron):
    """Also over the days on which midnight did not exist (4 November 2018) or came twice."""
    instant = moment.replace(tzinfo=dt.UTC)
    ahead = plan.next_after(cron, instant) - instant
    assert dt.timedelta(0) < ahead <= dt.timedelta(hours=49)
