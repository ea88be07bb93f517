"""Months: finance closes them when they are over; to open one again takes two people.

A posting and a closing of the same month exclude each other: on PostgreSQL by a lock that lasts until the transaction
ends (many may post at once, one may close, and only while nobody posts), on SQLite by its one writer.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from farol.core import clock, formats
from farol.core.errors import BadInput, NotFound, Refused
from farol.engines.ledger.models import Month, Reopening
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.notifications import notify, people_with

LOCK = 1_279_607_630  # a number of our own in PostgreSQL's space of advisory locks
LONGEST = 500


class MonthClosed(Refused):
    """Somebody wants to post into a month that is closed."""

    code = "month_closed"


def keep_open(day: dt.date) -> None:
    """Nobody closes the month of `day` before the caller's transaction ends; `MonthClosed` where somebody has."""
    first = day.replace(day=1)
    if connection.vendor == "postgresql" and not _locked(first, shared=True):
        raise Refused(_("The month %(month)s is being closed right now. Try again in a moment.") % _named(first))
    if sentence := refusal(day):
        raise MonthClosed(sentence)


def refusal(day: dt.date) -> str:
    """Why nothing can be posted for that day; empty where it can. For forms: `keep_open` is what holds."""
    first = day.replace(day=1)
    if not Month.objects.filter(first=first, closed=True).exists():
        return ""
    sentence = _(
        "The month %(month)s is closed. Use a day of an open month, or have it reopened under “Closing of months”."
    )
    return sentence % _named(first)


def close(first: dt.date, principal: Principal) -> Month:
    """Close the month that begins on `first`. It must be over; `Refused` for one that is not, or is closed already."""
    principal.require("months.close")
    if first.day != 1:
        raise BadInput("month", _("A month is written as 2026-10."))
    if first >= clock.today().replace(day=1):
        raise Refused(_("%(month)s is not over yet. It can be closed from the next month on.") % _named(first))
    with transaction.atomic():
        if connection.vendor == "postgresql" and not _locked(first, shared=False):
            raise Refused(_("Somebody is posting into %(month)s right now. Try again in a moment.") % _named(first))
        month, _new = Month.objects.get_or_create(first=first)
        columns = {"closed": True, "at": clock.now(), "person_id": principal.user_id}
        if not Month.objects.filter(pk=month.pk, closed=False).update(**columns):
            raise Refused(_("%(month)s is closed already.") % _named(first))
        _note(principal, "ledger.month_closed", month)
    month.refresh_from_db()
    return month


def request_reopen(first: dt.date, principal: Principal, reason: str) -> Reopening:
    """Ask for a closed month to be opened again; somebody else with the right has to agree."""
    principal.require("months.reopen")
    person, reason = _person(principal), reason.replace("\0", "").strip()
    if not reason or len(reason) > LONGEST:
        raise BadInput(
            "reason", _("Say why, in at most %(most)s characters: it stays in the books.") % {"most": LONGEST}
        )
    with transaction.atomic():
        month = Month.objects.filter(first=first, closed=True).first()
        if month is None:
            raise Refused(_("%(month)s is open.") % _named(first))
        try:
            with transaction.atomic():
                wanted = Reopening.objects.create(month=month, reason=reason, requested_by_id=person)
        except IntegrityError as error:
            raise Refused(_("Somebody has asked for that already; it waits for a second person.")) from error
        _note(principal, "ledger.reopen_requested", month)
        others = [other for other in people_with("months.reopen") if other != person]
        notify(others, "ledger.reopen_requested", url=reverse("ledger:months"), params={"month": str(month)})
    return wanted


def approve_reopen(pk: int, principal: Principal) -> Month:
    """The second person agrees and the month is open; never the one who asked, whatever their roles."""
    return _decide(pk, principal, True)


def decline_reopen(pk: int, principal: Principal) -> Month:
    """The month stays closed; also whoever asked may take it back."""
    return _decide(pk, principal, False)


def _decide(pk: int, principal: Principal, approved: bool) -> Month:
    principal.require("months.reopen")
    person = _person(principal)
    wanted = Reopening.objects.select_related("month").filter(pk=pk).first()
    if wanted is None:
        raise NotFound(_("There is no such request."))
    if approved and wanted.requested_by_id == person:
        raise Refused(_("You asked for it, so somebody else has to agree."), code="four_eyes")
    with transaction.atomic():
        columns = {"approved": approved, "decided_by_id": person, "decided_at": clock.now()}
        if not Reopening.objects.filter(pk=pk, approved=None).update(**columns):
            raise Refused(_("This has been decided already."))
        if approved:
            Month.objects.filter(pk=wanted.month_id).update(closed=False, at=clock.now(), person_id=person)
        _note(principal, "ledger.reopened" if approved else "ledger.reopen_declined", wanted.month)
    wanted.month.refresh_from_db()
    return wanted.month


def _person(principal: Principal) -> int:
    """Two people must be two people, so the local operator of the command line does not count as one."""
    if principal.user_id is None:
        raise Refused(_("To reopen a month takes two people with a log-in. Say who you are (--as)."))
    return principal.user_id


def _locked(first: dt.date, *, shared: bool) -> bool:
    """Never waits: whoever waits in line here while holding a balance would stop everybody behind."""
    lock = "pg_try_advisory_xact_lock_shared" if shared else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s, %s)", [LOCK, first.year * 12 + first.month])
        return bool(cursor.fetchone()[0])


def _note(principal: Principal, code: str, month: Month) -> None:
    audit.record(principal, code, target=str(month))


def _named(first: dt.date) -> dict[str, str]:
    return {"month": formats.month(first)}
