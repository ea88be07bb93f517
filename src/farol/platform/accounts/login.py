"""One log-in, from what was typed to a session."""

from __future__ import annotations

import logging

from django.contrib.auth import authenticate
from django.http import HttpRequest

from farol.platform import audit
from farol.platform.accounts import devices, sessions, throttle
from farol.platform.accounts.models import User
from farol.platform.accounts.network import address_of
from farol.platform.accounts.throttle import TooMany

log = logging.getLogger(__name__)


def attempt(request: HttpRequest, email: str, password: str) -> User | None:
    """Sign in; None if name and password do not fit. `TooMany` or `Busy` before any hash if the throttle is full."""
    device = devices.known(request, email)
    try:
        with throttle.door(device):
            places = throttle.allow_login(email, address_of(request), device)
            with throttle.one_hash_at_a_time():
                user = authenticate(request, username=email, password=password)
    except TooMany as error:
        _tell_throttled(request, email, error.window)
        raise
    if user is None:
        audit.record(None, "login.failed", target=_target(email))
        return None
    throttle.give_back(places)
    sessions.begin(request, user)
    audit.record(request.principal, "login")
    return user


def _tell_throttled(request: HttpRequest, email: str, window: str) -> None:
    """The log has every try; the audit one for each full window, or an attack would fill it."""
    log.warning("log-in throttled, from %s", address_of(request))
    if throttle.first_in_window(f"told|{window}"):
        audit.record(None, "login.throttled", target=_target(email))


def _target(email: str) -> str:
    """Who was meant: an unknown address is not kept, it may be a password typed into the wrong field."""
    found = User.objects.filter(email=email).values_list("pk", flat=True).first()
    return f"person:{found}" if found else "unknown"
