"""The calendar of store credit: warnings before the last day, and the end after it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.vouchers import telling
from farol.areas.aftersales.vouchers.models import Voucher
from farol.areas.aftersales.vouchers.services import expire
from farol.core import clock
from farol.core.errors import Refused
from farol.platform.jobs import Job, JobRun

WARN_DAYS = (1, 7, 30)


def expire_due(run: JobRun) -> None:
    """Vouchers past their last day, the oldest first."""
    due = Voucher.objects.filter(status="open", expires_on__lt=clock.today()).select_related("account", "customer")
    found = list(due.order_by("expires_on", "pk"))
    for done, voucher in enumerate(found):
        run.progress(done, len(found), voucher.number)
        try:
            expire(voucher)
        except Refused:
            continue  # somebody decided one of its requests just now, or the month is closed: the next run comes


def warn(run: JobRun) -> None:
    """30, 7 and 1 days before; a day that was missed is made up for."""
    today = clock.today()
    last = today + dt.timedelta(days=max(WARN_DAYS))
    soon = Voucher.objects.filter(status="open", expires_on__gte=today, expires_on__lte=last, account__balance__gt=0)
    for voucher in soon.select_related("account", "customer").order_by("pk").iterator(chunk_size=500):
        run.check()
        left = (voucher.expires_on - today).days
        telling.expiring(voucher, min(days for days in WARN_DAYS if left <= days))


JOBS = [
    Job("vouchers.expire", _("Store credit: end what has expired"), "10 * * * *", expire_due),
    Job("vouchers.warn", _("Store credit: warn before it expires"), "30 7 * * *", warn),
]
