"""Holds: a part of a balance that is promised, so that all promises together never exceed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import Refused
from farol.engines.ledger.accounts import account, move
from farol.engines.ledger.models import ZERO, Hold, Posting
from farol.engines.ledger.postings import Line, write
from farol.platform.accounts.principal import Principal


def hold(key: str, amount: Decimal, source: str) -> Hold:
    """Promise `amount` of a bounded account to `source`. `NotEnough` where less than that is free."""
    held = account(key)
    if amount <= 0 or not held.bounded:
        raise ValueError("a hold needs a positive amount of a bounded account")
    with transaction.atomic():
        move(held, ZERO, amount)
        return Hold.objects.create(account=held, amount=amount, source=source)


def release(held: Hold) -> Hold:
    """Free it again. `Refused` for one that was used or released meanwhile."""
    with transaction.atomic():
        move(held.account, ZERO, -held.amount)  # the account before the hold, as in `use`: no ring of waiting
        _end(held, Hold.RELEASED, None)
    return held


def use(
    held: Hold,
    kind: str,
    other_account: str,
    *,
    principal: Principal,
    source: str = "",
    day: dt.date | None = None,
    memo: str = "",
    data: Mapping[str, Any] | None = None,
    also: Sequence[Line] = (),
) -> Posting:
    """Move what was held to another account, with further lines if any; `Refused` if it is not held any more.

    `source` is the hold's own unless told otherwise. Otherwise as `post`.
    """
    key = held.account.key
    lines = [Line(key, -held.amount), Line(other_account, held.amount), *also]
    columns = {"source": source or held.source, "memo": memo, "data": dict(data or {})}
    with transaction.atomic():
        posting = write(kind, lines, columns, principal, day, freed={key: held.amount})
        _end(held, Hold.USED, posting)
    return posting


def _end(held: Hold, state: str, posting: Posting | None) -> None:
    """The guard of the UPDATE decides between two who end the same hold."""
    columns = {"state": state, "ended_at": clock.now(), "posting": posting}
    if Hold.objects.filter(pk=held.pk, state=Hold.OPEN).update(**columns) != 1:
        raise Refused(_("Somebody else has decided this meanwhile. Nothing was done; look at it again."))
    held.refresh_from_db()
