"""Sessions as rows that people can see and end. A session without its row is over, whatever its cookie says."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import NotFound
from farol.platform import audit
from farol.platform.accounts.models import SignIn, User
from farol.platform.accounts.network import address_of
from farol.platform.accounts.principal import Principal, principal_of

MOST = 10
SEEN_EVERY = dt.timedelta(minutes=1)


def begin(request: HttpRequest, user: User) -> None:
    """Sign a person in under a new session id; beyond `MOST` sessions the oldest end."""
    request.session.flush()
    auth.login(request, user, backend="farol.platform.accounts.backend.Backend")
    request.principal = principal_of(user)


def note(sender: Any, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Whatever signs a person in, a row says so (receiver of `user_logged_in`)."""
    SignIn.objects.create(
        user=user,
        session_key=request.session.session_key,
        user_agent=request.headers.get("User-Agent", "")[:300],
        address=address_of(request),
    )
    oldest = user.sign_ins.order_by("-created_at", "-pk").values_list("session_key", flat=True)[MOST:]
    _delete(list(oldest))


def end(request: HttpRequest) -> None:
    """Sign the asking person out of this session."""
    key = request.session.session_key
    auth.logout(request)
    _delete([key] if key else [])
    request.principal = None


def current(request: HttpRequest) -> Principal | None:
    """Who is signed in by a living session; one that is over is emptied on the way."""
    user = request.user
    if not isinstance(user, User):
        return None
    # one question for both: a row of the sign-in for each role of the person
    rows = SignIn.objects.filter(session_key=request.session.session_key, user=user)
    found = list(rows.annotate(rights=F("user__roles__rights")))
    if not found or expired(found[0]):
        end(request)
        return None
    now = clock.now()
    if now - found[0].seen_at >= SEEN_EVERY:
        SignIn.objects.filter(pk=found[0].pk).update(seen_at=now)
    return principal_of(user, held={right for row in found for right in row.rights or ()})


def expired(row: SignIn) -> bool:
    """Too long idle, or too long in all."""
    now = clock.now()
    idle = dt.timedelta(minutes=settings.FAROL_SESSION_IDLE_MINUTES)
    return now - row.seen_at > idle or now - row.created_at > dt.timedelta(hours=settings.FAROL_SESSION_HOURS)


def living(user: User) -> list[SignIn]:
    """The person's sessions that still open something, last used first."""
    return [row for row in user.sign_ins.all() if not expired(row)]


def end_one(actor: Principal, user: User, sign_in_id: int) -> None:
    """End one of the person's sessions. `NotFound` if it is not theirs."""
    row = user.sign_ins.filter(pk=sign_in_id).first()
    if row is None:
        raise NotFound(_("This session does not exist."))
    with transaction.atomic():
        _delete([row.session_key])
        audit.record(actor, "session.ended", target=f"person:{user.pk}")


def end_all(user: User, *, but: str | None = None) -> int:
    """End all sessions of a person (except the one with the key `but`); how many."""
    keys = list(user.sign_ins.exclude(session_key=but or "").values_list("session_key", flat=True))
    return _delete(keys)


def _delete(keys: list[str]) -> int:
    with transaction.atomic():
        Session.objects.filter(session_key__in=keys).delete()
        return SignIn.objects.filter(session_key__in=keys).delete()[0]


def forget_expired() -> int:
    """Housekeeping: drop the rows of sessions that are over."""
    now = clock.now()
    idle = now - dt.timedelta(minutes=settings.FAROL_SESSION_IDLE_MINUTES)
    oldest = now - dt.timedelta(hours=settings.FAROL_SESSION_HOURS)
    over = SignIn.objects.filter(seen_at__lt=idle) | SignIn.objects.filter(created_at__lt=oldest)
    return _delete(list(over.values_list("session_key", flat=True)))
