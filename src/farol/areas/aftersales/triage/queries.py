"""What lists and searches ask about triages."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from farol.areas.aftersales.triage.models import DisputeRule, ReturnReason, Triage, TriageItem
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists.searching import any_of, begins
from farol.registry import customers


def rows(principal: Principal) -> QuerySet[Triage]:
    """The triages that the person may know of."""
    found = Triage.objects.select_related("customer", "reason", "owner", "created_by")
    found = found.prefetch_related(Prefetch("lines", TriageItem.objects.select_related("responsible")))
    if principal.own_only("aftersales.view"):
        found = found.filter(Q(owner=principal.user_id) | Q(created_by=principal.user_id))
    return found


def search(found: QuerySet, text: str) -> QuerySet:
    """By number or its beginning, order, tracking code, marker, or customer."""
    text = text.strip()
    exact = {text, text.upper()}
    return any_of(
        found,
        begins("number", text.upper(), found.db),
        Q(order__in=exact),
        Q(tracking_code__in=exact),
        Q(marker=text.upper()),
        Q(customer__in=customers.named(text)),
    )


def dispute_rule(channel: str, reason: ReturnReason | None) -> DisputeRule | None:
    """The rule by which a return is disputed: the one for its reason before the one for any."""
    if not channel:
        return None
    rules = DisputeRule.objects.filter(active=True, channel__iexact=channel)
    exact = rules.filter(reason=reason).first() if reason else None
    return exact or rules.filter(reason=None).first()
