"""What lists, searches and other rooms ask about warranties and exchanges."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from farol.areas.aftersales.warranties.erp import ORDER, WITHDRAWAL
from farol.areas.aftersales.warranties.flow import CANCELLED
from farol.areas.aftersales.warranties.models import Warranty
from farol.core.fields import MoneyField
from farol.engines.ledger.models import Entry
from farol.platform.accounts.principal import Principal
from farol.platform.outbox.models import OutboxMessage
from farol.platform.outbox.standing import SHOWN
from farol.platform.web.lists.searching import any_of, begins
from farol.registry import customers

MOST_SUGGESTED = 8


def rows(principal: Principal) -> QuerySet[Warranty]:
    """The cases that the person may know of, each with its cost and where its order stands, in one question."""
    found = _told().all()
    if principal.own_only("aftersales.view"):
        found = found.filter(Q(owner=principal.user_id) | Q(created_by=principal.user_id))
    return found


@cache
def _told() -> QuerySet[Warranty]:
    """Built once: to put the questions within this one together takes longer than to answer them."""
    return (
        Warranty.objects.select_related("customer", "owner", "created_by")
        .prefetch_related("lines")
        .annotate(
            cost=_cost(),
            erp_read_at=F("version"),
            erp_sending=_sending(ORDER),
            erp_withdrawal=_sending(WITHDRAWAL),
        )
    )


def _cost() -> Coalesce:
    case = Concat(Value("warranties:"), Cast(OuterRef("pk"), CharField()))
    # the index holds the entries of cases only, and SQLite takes it where the question says so, too
    entries = Entry.objects.filter(case=case).exclude(case="").order_by().values("case")
    sums = entries.annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums, output_field=MoneyField()), Value(Decimal(0), output_field=MoneyField()))


def _sending(channel: str) -> Subquery:
    """State and error of the order's message as one text: each question within a question costs every row."""
    messages = OutboxMessage.objects.filter(channel=channel, key=OuterRef("erp_key"))
    return Subquery(messages.values(standing=Concat("state", Value(" "), "error", output_field=TextField()))[:1])


def in_sending(found: QuerySet, state: str) -> QuerySet:
    """Cases whose order is not in the ERP yet, by where it stands."""
    stored = {state, *(name for name, shown in SHOWN.items() if shown == state)}
    keys = OutboxMessage.objects.filter(channel=ORDER, state__in=stored).values("key")
    return found.filter(erp_key__in=keys)


def search(found: QuerySet, text: str) -> QuerySet:
    """By number or its beginning, original order, tracking code, order of the ERP, marker, or customer."""
    text = text.strip()
    exact = {text, text.upper()}
    return any_of(
        found,
        begins("number", text.upper(), found.db),
        Q(order__in=exact),
        Q(tracking_code__in=exact),
        Q(erp_number=text),
        Q(marker=text.upper()),
        Q(customer__in=customers.named(text)),
    )


def matching(order: str = "", tracking_code: str = "", marker: str = "", customer_id: int | None = None) -> Any:
    """Cases to which received goods may belong, by the surest sign that finds any: tracking code, order with marker,
    order, customer. Cancelled ones do not count; at most a handful.
    """
    open_cases = Warranty.objects.exclude(status=CANCELLED).select_related("customer").order_by("-id")
    signs: list[dict[str, Any]] = [
        {"tracking_code": tracking_code},
        {"order": order, "marker": marker},
        {"order": order},
        {"customer_id": customer_id, "marker": marker},
        {"customer_id": customer_id},
    ]
    for sign in signs:
        if all(sign.values()) and (found := list(open_cases.filter(**sign)[:MOST_SUGGESTED])):
            return found
    return []
