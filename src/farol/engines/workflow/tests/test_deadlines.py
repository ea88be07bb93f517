"""Colours of deadlines count business days, and the filter by deadline draws the same lines."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from farol.core import clock
from farol.engines.workflow import deadlines
from farol.engines.workflow.flow import State

OPEN, DONE = State("open", "Open"), State("done", "Done", final=True)


def tone(today: str, deadline: str, state: State = OPEN) -> str:
    noon = dt.datetime.fromisoformat(f"{today}T12:00:00-03:00")
    with clock.frozen(noon):
        shown = deadlines.status(SimpleNamespace(deadline=dt.date.fromisoformat(deadline), state=state))
    return shown.tone if shown else ""


@pytest.mark.parametrize(
    ("today", "deadline", "expected"),
    [
        ("2026-11-19", "2026-11-18", "overdue"),
        ("2026-11-19", "2026-11-19", "danger"),
        ("2026-11-19", "2026-11-20", "danger"),  # a holiday: the last day to work on it is today
        ("2026-11-19", "2026-11-22", "danger"),  # a Sunday
        ("2026-11-19", "2026-11-23", "warning"),
        ("2026-11-19", "2026-11-24", "warning"),
        ("2026-11-19", "2026-11-25", "success"),
        ("2026-11-21", "2026-11-23", "warning"),  # looked at on a Saturday
    ],
)
def test_colours_count_business_days(today, deadline, expected):
    assert tone(today, deadline) == expected


def test_what_is_done_has_no_deadline_any_more():
    assert tone("2026-11-19", "2026-11-18", DONE) == ""


def test_the_amber_days_are_a_setting(settings):
    settings.FAROL_DEADLINE_AMBER_DAYS = 0
    assert tone("2026-11-19", "2026-11-23") == "success"
    assert tone("2026-11-19", "2026-11-19") == "danger"


@pytest.mark.parametrize("today", [dt.date(2026, 11, 16) + dt.timedelta(days=n) for n in range(14)])
def test_the_filter_and_the_colours_agree(today):
    red, amber = deadlines.last_red_day(today), deadlines.last_amber_day(today)
    for offset in range(-5, 20):
        day = today + dt.timedelta(days=offset)
        filtered = "overdue" if day < today else "danger" if day <= red else "warning" if day <= amber else "success"
        assert tone(today.isoformat(), day.isoformat()) == filtered, (today, day)
