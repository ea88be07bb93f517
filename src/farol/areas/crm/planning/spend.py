"""Marketing spend: what somebody entered, and nothing else. A range of days is spread evenly over them."""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from farol.areas.crm.measuring.common import CHANNELS
from farol.areas.crm.models import Spend
from farol.areas.crm.planning.goals import RIGHT
from farol.areas.crm.planning.rebuilding import ask_for_rebuild
from farol.core import clock, formats
from farol.core.errors import BadInput
from farol.platform import audit
from farol.platform.accounts.principal import Principal

LONGEST = dt.timedelta(days=366)
LENGTHS = {"source": 60, "utm_source": 120, "utm_medium": 120, "utm_campaign": 120}


@dataclass(frozen=True)
class SpendKey:
    """What the money went to. Empty texts say that it was not told apart."""

    channel: str
    source: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""


def key_of(spend: Spend) -> SpendKey:
    return SpendKey(spend.channel, spend.source, spend.utm_source, spend.utm_medium, spend.utm_campaign)


def set_spend(
    first: dt.date, last: dt.date, key: SpendKey, amount: Decimal | None, principal: Principal
) -> Spend | None:
    """Set or replace what the days from `first` to `last` cost; without an amount the entry is taken away.

    `NotAllowed` without the right; `BadInput` naming the field for values that make no sense, and for days that another
    entry of the same `key` has already: they would be counted twice.
    """
    principal.require(RIGHT)
    check(first, last, key, amount)
    named = dict(zip(SpendKey.__dataclass_fields__, astuple(key), strict=True))
    with transaction.atomic():
        spend = None
        if amount is None:
            Spend.objects.filter(first=first, last=last, **named).delete()
        else:
            refuse_overlap(first, last, key, list(Spend.objects.filter(first__lte=last, last__gte=first, **named)))
            changed = {"amount": amount, "changed_at": clock.now(), "changed_by": principal.user}
            spend, _created = Spend.objects.update_or_create(first=first, last=last, **named, defaults=changed)
        params = {"first": f"{first}", "last": f"{last}", "amount": None if amount is None else str(amount)}
        audit.record(principal, "crm.spend_set", target=key.channel, params=params)
        ask_for_rebuild("spend")
    return spend


def check(first: dt.date, last: dt.date, key: SpendKey, amount: Decimal | None) -> None:
    """`BadInput` naming the field for values that make no sense whatever else was entered."""
    if first > last:
        raise BadInput("last", _("The last day lies before the first."))
    if last - first >= LONGEST:
        raise BadInput("last", _("Enter at most a year at a time."))
    if key.channel not in CHANNELS:
        raise BadInput("channel", _("There is no such channel."))
    if amount is not None and amount < 0:
        raise BadInput("amount", _("Spend is not below zero."))
    for name, longest in LENGTHS.items():
        if len(getattr(key, name)) > longest:
            raise BadInput(name, _("At most %(most)s characters.") % {"most": longest})


def refuse_overlap(first: dt.date, last: dt.date, key: SpendKey, others: list[Spend]) -> None:
    """`BadInput` where one of `others` has some of the days, unless it is the very same range."""
    for other in others:
        same = (other.first, other.last) == (first, last)
        if key_of(other) == key and not same and other.first <= last and other.last >= first:
            sentence = _("Spend from %(first)s to %(last)s is entered already: its days would count twice.")
            days = {"first": formats.date(other.first), "last": formats.date(other.last)}
            raise BadInput("first", sentence % days)
