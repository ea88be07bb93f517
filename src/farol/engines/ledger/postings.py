"""Posting: the one way in, and the counter-entry that takes a posting back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, Refused
from farol.engines.ledger import closings
from farol.engines.ledger.accounts import located, move, who
from farol.engines.ledger.models import ZERO, Account, Entry, Posting
from farol.platform.accounts.principal import Principal

_SCRAP = ("sku", "item_version", "cause", "responsible_id")


@dataclass(frozen=True)
class Line:
    """`amount` in reais, with its sign. `case` is the record whose result it counts for, `category` its head there."""

    account: str
    amount: Decimal
    case: str = ""
    category: str = ""


def post(
    kind: str,
    lines: Sequence[Line],
    *,
    source: str,
    principal: Principal,
    day: dt.date | None = None,
    memo: str = "",
    data: Mapping[str, Any] | None = None,
) -> Posting:
    """Post lines that add up to nothing; `day` is the local day they count for (default: today).

    `MonthClosed` for a day of a closed month, `NotEnough` where a bounded account would be overdrawn, `BadInput` for a
    day to come; `ValueError` for lines that do not add up or an account that nobody opened.
    """
    return write(kind, lines, {"source": source, "memo": memo, "data": dict(data or {})}, principal, day)


def reverse(posting: Posting, principal: Principal, reason: str) -> Posting:
    """The same lines with the signs turned, as of today. `Refused` for a posting that was reversed before."""
    entries = posting.entries.select_related("account").order_by("pk")
    lines = [Line(e.account.key, -e.amount, e.case, e.category) for e in entries]
    columns = {name: getattr(posting, name) for name in _SCRAP}
    columns |= {"quantity": None if posting.quantity is None else -posting.quantity}
    columns |= {"source": posting.source, "memo": reason, "data": posting.data, "reverses": posting}
    try:
        with transaction.atomic():
            return write(posting.kind, lines, columns, principal, None)
    except IntegrityError as error:
        if not Posting.objects.filter(reverses=posting).exists():
            raise
        raise Refused(_("This posting was reversed already."), code="already_reversed") from error


def write(
    kind: str,
    lines: Sequence[Line],
    columns: Mapping[str, Any],
    principal: Principal,
    day: dt.date | None,
    *,
    freed: Mapping[str, Decimal] | None = None,
) -> Posting:
    """What `post` does, with any columns of the posting; `freed` is what a use takes out of `held`, by account."""
    day = _checked_day(day)
    if not lines or sum((line.amount for line in lines), ZERO) != 0:
        raise ValueError(f"{kind}: the lines do not add up to nothing")
    with transaction.atomic():
        closings.keep_open(day)
        accounts = located(line.account for line in lines)
        posting = Posting.objects.create(kind=kind, day=day, **who(principal), **columns)
        Entry.objects.bulk_create(
            Entry(posting=posting, account=accounts[n.account], amount=n.amount, case=n.case, category=n.category)
            for n in lines
        )
        _move_balances(lines, accounts, freed or {})
    return posting


def _move_balances(lines: Sequence[Line], accounts: Mapping[str, Account], freed: Mapping[str, Decimal]) -> None:
    """In the order of the keys, so that two postings over the same accounts never wait for each other in a ring."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        total[line.account] += line.amount
    for key in sorted(total):
        if accounts[key].bounded and (total[key] or freed.get(key)):
            move(accounts[key], total[key], -freed.get(key, ZERO))


def _checked_day(day: dt.date | None) -> dt.date:
    today = clock.today()
    if day is not None and day > today:
        raise BadInput("day", _("This day is still to come. Use today or a day before."))
    return day or today
