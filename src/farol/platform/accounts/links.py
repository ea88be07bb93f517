"""One-time links that let a person set a password: after an invitation (72 hours) or a reset (1 hour).

The link carries a signature over the present password, so the first use ends it and all others.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from farol.core import clock
from farol.platform.accounts.models import User

SALT = "farol.password-link"
LIVES = {"invitation": dt.timedelta(hours=72), "reset": dt.timedelta(hours=1)}


def make(user: User, kind: str) -> str:
    """The whole address of a link. It begins with the public address of the settings, whatever a request claims."""
    content = {"user": user.pk, "kind": kind, "at": int(clock.now().timestamp()), "print": _fingerprint(user)}
    token = signing.Signer(salt=SALT).sign_object(content, compress=True)
    return settings.FAROL_PUBLIC_URL + reverse("accounts:set_password", args=[token])


def read(token: str) -> User | None:
    """The person a link is for; None if it is forged, used, too old or its person deactivated."""
    try:
        content = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    age = clock.now().timestamp() - content["at"]
    if not 0 <= age <= LIVES[content["kind"]].total_seconds():
        return None
    user = User.objects.filter(pk=content["user"], is_active=True).first()
    return user if user and constant_time_compare(content["print"], _fingerprint(user)) else None


def _fingerprint(user: User) -> str:
    return salted_hmac(SALT, f"{user.pk}|{user.password}|{user.email}", algorithm="sha256").hexdigest()[:32]
