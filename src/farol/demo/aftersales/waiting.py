"""What everybody finds waiting on the demo's day, whatever chance brought."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from farol.core import clock
from farol.demo.aftersales import payables, vouchers, warranties
from farol.demo.aftersales.company import Company
from farol.demo.aftersales.play import Story
from farol.engines.workflow import run
from farol.platform import calendar

LAST_DAYS = 5  # business days
CASES, BILLS, CREDITS = 18, 14, 10
WRONG_TOWN = {"street": "Rua das Acácias", "number": "210", "city": "Sao Paolo", "state": "SP", "postcode": "01000-000"}


def plan(company: Company, working: list[dt.date], as_of: dt.date) -> None:
    """More of everything in the last days, and the analyst's cases of which today is the last day, or was yesterday."""
    stage = company.stage
    last = working[-LAST_DAYS:]
    for number in range(CASES):
        stage.add(stage.during(last[number % len(last)]), warranties.case(company))
    for number in range(BILLS):
        stage.add(stage.during(last[number % len(last)]), payables.bill(company))
    for number in range(CREDITS):
        stage.add(stage.during(last[number % (len(last) - 1)]), vouchers.asked(company))
    for day in _opened_for(as_of, working):
        stage.add(stage.during(day), forgotten(company))
    stage.add(stage.during(last[-2]), misspelt(company))


def _opened_for(as_of: dt.date, working: list[dt.date]) -> list[dt.date]:
    """Days on which a case was opened that is due today (two of them) or was due shortly before."""
    place, term = calendar.default(), settings.FAROL_WARRANTY_DAYS
    due = {day: place.add_business_days(day, term) for day in working}
    soonest = as_of if place.is_business_day(as_of) else place.add_business_days(as_of, 1)
    today = [day for day in working if due[day] == soonest][-1:]
    return today * 2 + [day for day in working if due[day] < as_of][-3:]


def forgotten(company: Company) -> Story:
    """Opened, and nobody went on with it."""
    warranties.opened(company, company.who("cs_analyst"))
    yield from ()


def misspelt(company: Company) -> Story:
    """The ERP does not know the town of the delivery address: the case says so and can be corrected."""
    analyst = company.who("cs_analyst")
    delivery = {f"delivery_{part}": text for part, text in WRONG_TOWN.items()}
    case, _returning = warranties.opened(company, analyst, return_needed=False, **delivery)
    yield company.stage.later(minutes=30)
    run(case, "generate", analyst)
    yield company.stage.later(minutes=2)
    company.deliver("tiny.order")


def unread_since(as_of: dt.date) -> dt.datetime:
    """Older notices have been read."""
    return dt.datetime.combine(as_of - dt.timedelta(days=3), dt.time(), clock.zone())
