"""What Farol does by itself every morning, and finance once a month."""

from __future__ import annotations

import datetime as dt

from farol.areas.aftersales.vouchers import services, telling
from farol.areas.aftersales.vouchers.jobs import WARN_DAYS
from farol.areas.aftersales.vouchers.models import Voucher
from farol.core import clock
from farol.core.errors import Refused
from farol.demo.aftersales.company import Company
from farol.demo.aftersales.play import Story
from farol.engines.ledger import closings
from farol.engines.ledger.models import Month

CLOSED_AFTER = 45  # days after the first of a month, the month before is closed


def morning(company: Company) -> Story:
    """Vouchers end or are warned of; an old month is closed."""
    today = clock.today()
    _expire(today)
    _close(company, today)
    yield from ()


def _expire(today: dt.date) -> None:
    for voucher in Voucher.objects.filter(status="open", expires_on__lt=today).select_related("account", "customer"):
        services.expire(voucher)
    warned = [today + dt.timedelta(days=days) for days in WARN_DAYS]
    soon = Voucher.objects.filter(status="open", expires_on__in=warned, account__balance__gt=0)
    for voucher in soon.select_related("account", "customer"):
        telling.expiring(voucher, (voucher.expires_on - today).days)


def _close(company: Company, today: dt.date) -> None:
    first = (today - dt.timedelta(days=CLOSED_AFTER)).replace(day=1)
    if first < company.stage.began.replace(day=1) or Month.objects.filter(first=first).exists():
        return
    try:
        closings.close(first, company.who("finance"))
    except Refused:
        return
