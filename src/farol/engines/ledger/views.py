"""The page “Fechamento de meses”."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farol.core import clock
from farol.core.errors import BadInput, NotAllowed, Refused
from farol.engines.ledger import closings
from farol.engines.ledger.commands import first_of
from farol.engines.ledger.models import Month, Posting, Reopening
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of

SHOWN = 24


@dataclass(frozen=True)
class Line:
    """One month as the page shows it."""

    first: dt.date
    closed: bool
    over: bool
    postings: int
    at: dt.datetime | None
    person: Any
    wanted: Reopening | None
    principal: Principal

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def may_close(self) -> bool:
        return self.over and not self.closed and self.principal.may("months.close")

    @property
    def may_reopen(self) -> bool:
        return self.principal.may("months.reopen")

    @property
    def may_approve(self) -> bool:
        return self.wanted is not None and self.wanted.requested_by_id != self.principal.user_id


@require_safe
@requires("months.close", "months.reopen")
def months(request: HttpRequest) -> HttpResponse:
    """The last two years, or as far back as there are postings."""
    return _page(request)


@require_POST
@requires("months.close")
def close(request: HttpRequest) -> HttpResponse:
    return _done(request, lambda: closings.close(_month(request), asker_of(request)))


@require_POST
@requires("months.reopen")
def request_reopen(request: HttpRequest) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(request, lambda: closings.request_reopen(_month(request), asker_of(request), reason))


@require_POST
@requires("months.reopen")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    approved = request.POST.get("answer") == "approve"
    step = closings.approve_reopen if approved else closings.decline_reopen
    return _done(request, lambda: step(pk, asker_of(request)))


def _done(request: HttpRequest, step: Callable[[], object]) -> HttpResponse:
    """Back to the page; what is refused stands on it, with what was typed."""
    try:
        step()
    except (Refused, BadInput, NotAllowed) as refusal:
        return _page(request, str(refusal.detail), refusal.status)
    messages.success(request, _("Done."))
    return redirect("ledger:months")


def _page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    typed = {"tried": request.POST.get("month", ""), "reason": request.POST.get("reason", "")}
    context = {"lines": lines(asker_of(request)), "refusal": refusal, **typed}
    return render(request, "ledger/months.html", context, status=status)


def lines(principal: Principal) -> list[Line]:
    """From this month back to the first one with a posting, two years at most."""
    this = clock.today().replace(day=1)
    counted = Posting.objects.filter(day__gte=_before(this, SHOWN)).order_by()
    counts = dict(counted.annotate(first=TruncMonth("day")).values_list("first").annotate(n=Count("pk")))
    known = {month.first: month for month in Month.objects.select_related("person")}
    wanted = {
        one.month.first: one for one in Reopening.objects.filter(approved=None).select_related("month", "requested_by")
    }
    earliest = min([this, _before(this, 1), *counts, *known])
    found = []
    for back in range(SHOWN):
        first = _before(this, back)
        if first < earliest:
            break
        month = known.get(first)
        closed, at, person = (month.closed, month.at, month.person) if month else (False, None, None)
        found.append(Line(first, closed, back > 0, counts.get(first, 0), at, person, wanted.get(first), principal))
    return found


def _before(first: dt.date, months: int) -> dt.date:
    """The first day of the month so many months earlier."""
    place = first.year * 12 + first.month - 1 - months
    return dt.date(place // 12, place % 12 + 1, 1)


def _month(request: HttpRequest) -> dt.date:
    return first_of(request.POST.get("month", ""))
