"""After-sales of the demo world: four months of a company's work, played through the services that people use.

What happens follows from seed and as-of date; voucher codes, keys and nonces are secret and differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.db.models import F

from farol.core import clock
from farol.demo.aftersales import payables, vouchers, waiting, warranties
from farol.demo.aftersales.company import Company, found, made_up_erp
from farol.demo.aftersales.mornings import morning
from farol.demo.aftersales.play import Stage, Story
from farol.platform import calendar
from farol.platform.notifications.models import Notification
from farol.registry.products.models import Product

DAYS = 130
CASES, BILLS, CREDITS, PARCELS = 270, 40, 30, 18


def build(seed: int, as_of: dt.date, folder: Path) -> None:
    """Play from the first day until the evening before `as_of`; where somebody has worked already, nothing happens."""
    if Product.objects.exists():
        return
    first = as_of - dt.timedelta(days=DAYS)
    stage = Stage(seed, first, dt.datetime.combine(as_of, dt.time(6), clock.zone()))
    with made_up_erp(seed) as simulator:
        opening = dt.datetime.combine(first - dt.timedelta(days=3), dt.time(9), clock.zone())
        with clock.frozen(opening), transaction.atomic():
            company = found(stage, simulator)
        _plan(company, first, as_of)
        stage.play()
    Notification.objects.filter(at__lt=waiting.unread_since(as_of), read_at=None).update(read_at=F("at"))


def _plan(company: Company, first: dt.date, as_of: dt.date) -> None:
    """Who comes when: a little more every month, and enough in the last days for everybody to have work."""
    stage, place = company.stage, calendar.default()
    days = [first + dt.timedelta(days=n) for n in range((as_of - first).days)]
    working = [day for day in days if place.is_business_day(day)]
    stories: list[tuple[int, Callable[[], Story]]] = [
        (CASES, lambda: warranties.case(company)),
        (BILLS, lambda: payables.bill(company)),
        (CREDITS, lambda: vouchers.credit(company, company.customer())),
        (PARCELS, lambda: warranties.triage(company)),
    ]
    for number, make in stories:
        for place_of in range(number):
            share = (place_of + company.rng.random()) / number
            day = working[min(int(len(working) * share**0.85), len(working) - 1)]
            stage.add(stage.during(day), make())
    for day in working:
        stage.add(dt.datetime.combine(day, dt.time(7, 5), clock.zone()), morning(company))
    waiting.plan(company, working, as_of)
