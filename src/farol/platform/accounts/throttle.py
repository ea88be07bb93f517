"""The throttle in front of the password hash.

A hash costs a core tens of milliseconds, so counting failures after it comes too late. Each try first takes a place in
every window that concerns it; a window holds a fixed number of places for 15 minutes and is changed by compare-and-set,
so that a parallel burst gets no more places than a slow one. A try that succeeds was no guess: its places come back.

Somebody who guesses at a name fills the windows of strangers. A device on which the person has signed in before has a
window of its own, so guessing does not lock the owner out.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import FarolError
from farol.platform.accounts.models import Window

SPAN = dt.timedelta(minutes=15)
PER_ADDRESS = 30
PER_NAME = 6  # with the places of one known device: 10 hashes per name
PER_NAME_AND_ADDRESS = 4
PER_KNOWN_DEVICE = 4
PER_RESET_NAME = 3
LOST_RACES = 30
PATIENCE = 5.0  # seconds
STRANGERS = 2
_hashing = threading.BoundedSemaphore(1)
_door = threading.BoundedSemaphore(STRANGERS)


class Busy(FarolError):
    """Others are logging in at this very moment (429)."""

    code = "busy"
    status = 429

    def __init__(self) -> None:
        super().__init__(_("Many people are logging in right now. Try again in a few seconds."))


class TooMany(FarolError):
    """Too many tries (429). `window` names the one that is full."""

    code = "too_many"
    status = 429

    def __init__(self, window: str) -> None:
        self.window = window
        super().__init__(
            _("Too many attempts. Wait 15 minutes and try again, or use a device you have signed in on before.")
        )


def allow_login(name: str, address: str, device: str) -> list[str]:
    """Take the places of one try and return their windows (for `give_back`), or raise `TooMany`.

    `device` is empty unless the name has signed in there before.
    """
    known = f"device|{name}|{device}"
    if device and _take(known, PER_KNOWN_DEVICE):
        return [known]
    windows = {
        f"address|{address}": PER_ADDRESS,
        f"pair|{name}|{address}": PER_NAME_AND_ADDRESS,
        f"name|{name}": PER_NAME,
    }
    for key, places in windows.items():
        if not _take(key, places):
            raise TooMany(key)
    return list(windows)


def give_back(windows: list[str]) -> None:
    """Free the latest place of each window again."""
    for what in windows:
        key = settings.KEYRING.lookup_hash(what)
        for _race in range(LOST_RACES):
            row = Window.objects.get(pk=key)
            freed = Window.objects.filter(pk=key, version=row.version)
            if freed.update(stamps=row.stamps[:-1], version=row.version + 1):
                break


def allow_reset(name: str, address: str) -> bool:
    """Whether one more message for this name may be asked for from this address."""
    return _take(f"reset|{address}", PER_ADDRESS) and _take(f"reset-name|{name}", PER_RESET_NAME)


@contextmanager
def door(device: str) -> Iterator[None]:
    """Few threads of a process are busy with log-ins from unknown devices at once: the others keep serving pages."""
    if device:
        yield
        return
    if not _door.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _door.release()


@contextmanager
def one_hash_at_a_time() -> Iterator[None]:
    """A process works on one password at a time and turns the rest away after a while."""
    if not _hashing.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _hashing.release()


def _take(what: str, places: int) -> bool:
    """Take one of `places` places of a window; False if all were taken within the last `SPAN`."""
    key = settings.KEYRING.lookup_hash(what)
    for _race in range(LOST_RACES):
        row = Window.objects.filter(pk=key).first() or _open(key)
        now = clock.now().timestamp()
        recent = [stamp for stamp in row.stamps if now - SPAN.total_seconds() < stamp <= now]
        if len(recent) >= places:
            return False
        taken = Window.objects.filter(pk=key, version=row.version).update(
            stamps=[*recent, now], version=row.version + 1, ends_at=clock.now() + SPAN
        )
        if taken:
            return True
    return False


def _open(key: str) -> Window:
    try:
        with transaction.atomic():
            return Window.objects.create(key=key, ends_at=clock.now() + SPAN)
    except IntegrityError:
        return Window.objects.get(pk=key)


def forget_old() -> int:
    """Housekeeping: drop windows whose last try is over; how many."""
    return Window.objects.filter(ends_at__lt=clock.now()).delete()[0]


def first_in_window(what: str) -> bool:
    """True once per window: for telling about something that happens often."""
    return _take(what, 1)


def allow_own_password(user_id: int) -> None:
    """Take a place for checking the password of a signed-in person, or raise `TooMany`."""
    key = f"own|{user_id}"
    if not _take(key, PER_NAME_AND_ADDRESS):
        raise TooMany(key)
