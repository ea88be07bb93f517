"""What was scrapped: postings of that kind, with cost and the number of the record that they came from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Substr

from farol.core import clock
from farol.engines.ledger.models import Entry, Posting
from farol.engines.workflow.module import Module, modules

SCRAP = "scrap"


def scrapped() -> QuerySet:
    """With `cost` (reais, negative where scrap was taken back) and `source_number`."""
    cost = Entry.objects.filter(posting=OuterRef("pk"), category=SCRAP).order_by("pk").values("amount")[:1]
    rows = Posting.objects.filter(kind=SCRAP).select_related("responsible")
    return rows.annotate(cost=Subquery(cost), source_number=_source_number())


def _source_number() -> Case:
    found = [When(source__startswith=f"{module.name}:", then=_number_in(module)) for module in sources().values()]
    return Case(*found, default=Value(""), output_field=CharField())


def _number_in(module: Module) -> Subquery:
    key = Cast(Substr(OuterRef("source"), len(module.name) + 2), BigIntegerField())
    return Subquery(module.model._default_manager.filter(pk=key).values("number")[:1])


def sources() -> dict[str, Module]:
    """The kinds of record that may carry scrap lines."""
    return {name: module for name, module in modules().items() if module.group == "aftersales"}


def from_kind(rows: Any, name: str) -> Any:
    return rows.filter(source__startswith=f"{name}:")


def totals(rows: QuerySet) -> dict[str, Any]:
    """Pieces and cost of all rows, in reais."""
    pieces = rows.order_by().aggregate(pieces=Sum("quantity"))["pieces"]
    entries = Entry.objects.filter(category=SCRAP, posting__in=rows.order_by().values("pk"))
    return {"pieces": pieces or 0, "cost": entries.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)}


PERIODS = ("this_month", "last_month", "days_90", "this_year", "last_year")


def period(name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a named period, as of today."""
    today = clock.today()
    first = today.replace(day=1)
    if name == "this_month":
        return first, today
    if name == "last_month":
        last = first - dt.timedelta(days=1)
        return last.replace(day=1), last
    if name == "days_90":
        return today - dt.timedelta(days=89), today
    year = today.year - (name == "last_year")
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def in_period(rows: Any, name: str) -> Any:
    return rows.filter(day__range=period(name))
