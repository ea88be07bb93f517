"""The last days judged by the weeks before: what sounds, what tells what, and what is too little to say anything."""

from __future__ import annotations

import datetime as dt
import random
from types import MappingProxyType

import pytest

from farol.engines.alerts.findings import Kind, Status
from farol.engines.alerts.rules import WeekRules
from farol.engines.alerts.weeks import Span, judge, periods, worth
from farol.engines.metrics import Period
from farol.platform.calendar import BusinessCalendar

CALENDAR = BusinessCalendar("SP", "São Paulo")
DAY = dt.date(2026, 10, 8)  # an ordinary Thursday, no holiday in the week
USUAL = MappingProxyType({"paid": 40, "organic": 30, "referral": 20, "other": 1})
SHARES = {"Vendas": 0.7, "Parcerias": 0.3}
PAID, VENDAS = (("channel", "paid"),), (("pipeline", "Vendas"),)
RULES = WeekRules(
    area="shop",
    label="Shop",
    name="leads",
    title="Leads",
    model="leads",
    measures=("leads",),
    pieces="leads",
    dimensions=("channel", "pipeline"),
    spans=(1, 7),
)


def facts(seed=3):
    """Leads by day, channel and pipeline: a third of a business day at weekends and on holidays."""
    chance, found = random.Random(seed), {}
    for back in range(130):
        day = DAY - dt.timedelta(days=back)
        open_ = 1 if CALENDAR.is_business_day(day) else 0.35
        for channel, usual in USUAL.items():
            for pipeline, share in SHARES.items():
                found[day, channel, pipeline] = round(usual * share * open_ * chance.uniform(0.9, 1.1))
    return found


def times(found, factor, days=1, last=DAY, **where):
    """Plant: the counts of the cells in `where` times `factor` on the last `days`."""
    for (day, channel, pipeline), count in found.items():
        cell = {"channel": channel, "pipeline": pipeline}
        if 0 <= (last - day).days < days and where.items() <= cell.items():
            found[day, channel, pipeline] = round(count * factor)
    return found


def span(found, days, day=DAY):
    asked = periods(day, days)
    courses: dict = {}
    for at, period in enumerate(asked):
        for (when, channel, pipeline), count in found.items():
            if period.start <= when <= period.end:
                for segment in ((), (("channel", channel),), (("pipeline", pipeline),)):
                    course = courses.setdefault(segment, [{} for _period in asked])
                    course[at]["leads"] = course[at].get("leads", 0) + count
    return Span(days, worth(asked, CALENDAR), courses)


def alerts(found, day=DAY, status=Status.NEW):
    found_now, _tested = judge(RULES, day, [span(found, days, day) for days in RULES.spans])
    return [alert for alert in found_now if alert.status is status]


def test_quiet_days_are_quiet():
    found = facts()
    assert [alerts(found, DAY - dt.timedelta(days=back)) for back in range(14)] == [[]] * 14


def test_a_channel_that_stops_is_told_the_next_morning_and_tells_the_rest():
    found = times(facts(), 0, channel="paid")
    (alert,) = alerts(found)
    assert (alert.segment, alert.kind, alert.observed, alert.direction) == (PAID, Kind.VANISHED, 0, "down")
    assert (alert.days, alert.since) == (1, DAY)
    assert 35 <= alert.expected <= 45
    assert alert.delta == -alert.expected
    assert {a.explained_by for a in alerts(found, status=Status.EXPLAINED)} == {(PAID,)}


def test_what_halves_in_one_channel_is_told_of_it_and_not_of_everything():
    (alert,) = alerts(times(facts(), 0.5, days=5, channel="paid"))
    assert alert.segment == PAID


def test_what_falls_a_little_each_day_shows_in_the_week():
    found = times(facts(), 0.62, days=7, channel="referral")
    assert {(a.segment, a.days) for a in alerts(found)} == {((("channel", "referral"),), 7)}
    (alert,) = alerts(found)
    assert alert.since == DAY - dt.timedelta(days=6)


def test_everything_falling_is_told_once_of_everything():
    (alert,) = alerts(times(facts(), 0.5, days=5))
    assert alert.segment == ()


def test_a_rise_is_told_too():
    (alert,) = alerts(times(facts(), 2, pipeline="Vendas", channel="organic", days=7))
    assert alert.direction == "up"


def test_few_leads_say_nothing():
    gone = times(facts(), 0, days=7, channel="other")
    assert alerts(gone) == []
    small = {key: round(count / 40) for key, count in facts().items()}
    assert judge(RULES, DAY, [span(small, 1)]) == ([], 0)


def test_a_young_history_says_nothing():
    young = {key: count for key, count in facts().items() if (DAY - key[0]).days < 35}
    assert alerts(times(young, 0.2)) == []


@pytest.mark.parametrize("holiday", [dt.date(2026, 9, 7), dt.date(2026, 9, 8)])
def test_holidays_and_the_weeks_with_one_are_no_alert(holiday):
    assert alerts(facts(), holiday) == []


def test_days_without_business_are_worth_a_part():
    monday = dt.date(2026, 9, 7)  # Independence Day
    assert worth([Period(monday, monday)], CALENDAR)[0] < 0.5
    assert worth([Period(DAY, DAY)], CALENDAR) == [1]


def test_hours_are_judged_on_what_they_usually_are():
    rules = WeekRules("shop", "", "response", "", "leads", ("first_response_hours_median",), "leads", spans=(7,))
    chance, asked = random.Random(2), periods(DAY, 7)
    course = [{"leads": 90.0, "first_response_hours_median": chance.uniform(1.6, 2.4)} for _week in asked]
    worths = worth(asked, CALENDAR)
    assert judge(rules, DAY, [Span(7, worths, {(): course})])[0] == []
    course[0]["first_response_hours_median"] = 5.0
    ((alert,), _tested) = judge(rules, DAY, [Span(7, worths, {(): course})])
    assert (alert.direction, alert.kind, alert.impact) == ("up", Kind.LEVEL, None)
    course[0]["first_response_hours_median"] = None
    assert judge(rules, DAY, [Span(7, worths, {(): course})]) == ([], 0)
