"""Categories of payables: added and taken out of use, never deleted, for bills name them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from farol.areas.aftersales.payables.models import Category, Payable
from farol.platform import audit
from farol.platform.accounts.principal import Principal

# the table of rights has no row for lists of after-sales; who may cancel any case is who answers for them
RIGHT = "cases.cancel"


@dataclass(frozen=True)
class Used:
    """A category and how many open payables it has."""

    category: Category
    open: int


def with_use() -> list[Used]:
    """All of them, those in use first."""
    rows = Payable.objects.filter(status__in=Payable.flow.open_states).order_by().values("category")
    counts = {row["category"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    return [Used(one, counts.get(one.pk, 0)) for one in Category.objects.order_by("-active", "name")]


@transaction.atomic
def add(name: str, principal: Principal) -> Category:
    principal.require(RIGHT)
    category = Category.objects.create(name=name)
    audit.record(principal, "payables.category_added", target=f"payable_category:{category.pk}")
    return category


@transaction.atomic
def switch(pk: int, principal: Principal) -> None:
    """In use becomes out of use and back; nothing happens for one that is not there."""
    principal.require(RIGHT)
    if Category.objects.filter(pk=pk).update(active=Q(active=False)):
        audit.record(principal, "payables.category_switched", target=f"payable_category:{pk}")
