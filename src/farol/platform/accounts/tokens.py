"""API tokens: made once, shown once, stored as a hash."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, NotFound
from farol.core.ids import random_token
from farol.platform import audit
from farol.platform.accounts.models import ApiToken, User
from farol.platform.accounts.principal import Principal, principal_of
from farol.platform.accounts.rights import CATALOGUE

PREFIX = "farol_"
DEFAULT_DAYS, MAX_DAYS = 90, 366
USED_EVERY = dt.timedelta(minutes=1)


def create(
    actor: Principal, user: User, name: str, scopes: Sequence[str] = (), days: int = DEFAULT_DAYS
) -> tuple[str, ApiToken]:
    """The token in clear, which nobody can see again, and its row. `BadInput` for a scope that the person lacks."""
    _check_scopes(user, scopes)
    if not 1 <= days <= MAX_DAYS:
        raise BadInput("days", _("A token lives from 1 to %(max)d days.") % {"max": MAX_DAYS})
    clear = PREFIX + random_token()
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user,
            name=name.strip()[:80] or _("Token"),
            digest=digest(clear),
            scopes=sorted(set(scopes)),
            expires_at=clock.now() + dt.timedelta(days=days),
        )
        audit.record(actor, "token.created", target=f"person:{user.pk}", params={"token": token.pk, "days": days})
    return clear, token


def _check_scopes(user: User, scopes: Sequence[str]) -> None:
    own = principal_of(user)
    for scope in scopes:
        if scope not in CATALOGUE:
            raise BadInput("scope", _("There is no right called %(scope)s.") % {"scope": scope})
        if not own.may(scope):
            raise BadInput("scope", _("%(person)s does not hold %(scope)s.") % {"person": user.name, "scope": scope})


def revoke(actor: Principal, user: User, token_id: int) -> None:
    """End one token of a person. `NotFound` if it is not theirs."""
    with transaction.atomic():
        changed = ApiToken.objects.filter(user=user, pk=token_id, revoked_at=None).update(revoked_at=clock.now())
        if not changed:
            raise NotFound(_("This token does not exist."))
        audit.record(actor, "token.revoked", target=f"person:{user.pk}", params={"token": token_id})


def valid() -> dict[str, object]:
    """The filter of tokens that still open something."""
    return {"revoked_at": None, "expires_at__gt": clock.now(), "user__is_active": True}


def principal_of_token(clear: str) -> Principal | None:
    """Who holds the token, narrowed to its scopes; None if it is unknown, expired, revoked or its person is gone."""
    token = ApiToken.objects.select_related("user").filter(digest=digest(clear), **valid()).first()
    if token is None:
        return None
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return principal_of(token.user, token.scopes)


def digest(clear: str) -> str:
    """A random token needs no slow hash."""
    return hashlib.sha256(clear.encode()).hexdigest()
