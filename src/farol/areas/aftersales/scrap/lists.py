"""The list “Refugo”."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from farol.areas.aftersales.scrap.rows import SCRAP, from_kind, in_period, sources
from farol.engines.ledger.models import Posting
from farol.engines.workflow.module import Module
from farol.platform.accounts.models import User
from farol.platform.web.lists import Column, Empty, Filter, List

PERIODS = (
    ("this_month", pgettext_lazy("period", "This month")),
    ("last_month", _("Last month")),
    ("days_90", _("Last 90 days")),
    ("this_year", _("This year")),
    ("last_year", _("Last year")),
)


def _kinds() -> list[tuple[str, Any]]:
    return [(name, module.plural) for name, module in sources().items()]


def _people() -> list[tuple[str, Any]]:
    known = Posting.objects.filter(kind=SCRAP).exclude(responsible=None).order_by().values("responsible")
    return [("none", _("Nobody"))] + [(str(p.pk), str(p)) for p in User.objects.filter(pk__in=known).order_by("name")]


def of_person(rows: Any, who: str) -> Any:
    return rows.filter(responsible=None) if who == "none" else rows.filter(responsible=int(who))


def module_of_row(row: Any) -> Module | None:
    return sources().get(row.source.partition(":")[0])


def _kind(row: Any) -> Any:
    module = module_of_row(row)
    return module.label if module else row.source.partition(":")[0]


def source_url(row: Any) -> str:
    """The page of the record that it came from."""
    module = module_of_row(row)
    return reverse(f"{module.name}:detail", args=[row.source_number]) if module and row.source_number else ""


SCRAPPED = List(
    name="scrap",
    title=_("Scrap"),
    subtitle=_("Everything that was thrown away, whichever record it came from. A view of the books, not a copy."),
    columns=(
        Column("number", _("Posting"), sort="id"),
        Column("day", _("Day"), sort="day", kind="date"),
        Column("source", _("Record"), value="source_number", link=True),
        Column("type", _("Kind"), value=_kind),
        Column("sku", _("SKU"), sort="sku"),
        Column("version", _("Version"), value="item_version", sort="item_version"),
        Column("quantity", _("Quantity"), sort="quantity", kind="integer"),
        Column("cost", _("Cost"), sort="cost", kind="money"),
        Column("cause", pgettext_lazy("scrap", "Cause"), sort="cause"),
        Column("responsible", _("Responsible"), value=lambda row: str(row.responsible or "")),
    ),
    search=("sku", "cause", "item_version", "memo"),
    filters=(
        Filter("type", _("Kind"), _kinds, from_kind),
        Filter("responsible", _("Responsible"), _people, of_person),
        Filter("period", _("Period"), PERIODS, in_period),
    ),
    order="-id",
    row_url=source_url,
    empty=Empty(
        _("Nothing was scrapped yet"),
        _("What triage and the other records dispose of as scrap appears here with its cost."),
        icon="trash",
    ),
)
