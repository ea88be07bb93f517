"""What the models of the commercial area share: dimensions, labels of columns, the way to a lead's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.areas.crm.people import own_rows
from farol.engines.metrics.formulas import Formula, Quantile, Ratio, Sum
from farol.engines.metrics.model import Dimension, Direction, Measure, SemanticModel, Unit
from farol.engines.warehouse.sql import Sql, compose, listed
from farol.platform.accounts.principal import Principal

CHANNELS = {
    "organic": _("Organic"),
    "paid": _("Paid"),
    "referral": _("Referral"),
    "outbound": _("Outbound"),
    "other": _("Other"),
    "unclassified": _("Not classified"),
}

NAMED = "SELECT connection_id, lead_id, name FROM lead WHERE lead_id IN ({marks}) AND {seen}"

DIMENSIONS = (
    Dimension("responsible", _("Seller"), "responsible"),
    Dimension("team", _("Team"), "team"),
    Dimension("channel", _("Channel"), "channel", values=CHANNELS),
    Dimension("source", _("Source"), "source"),
    Dimension("utm_source", _("UTM source"), "utm_source"),
    Dimension("utm_medium", _("UTM medium"), "utm_medium"),
    Dimension("utm_campaign", _("UTM campaign"), "utm_campaign"),
    Dimension("pipeline", _("Pipeline"), "pipeline"),
    Dimension("stage", _("Stage"), "stage"),
    Dimension("loss_reason", _("Loss reason"), "loss_reason"),
    Dimension("product", _("Product"), "product"),
)

COLUMN_LABELS = {
    "connection_id": _("Connection"),
    "lead_id": _("Lead"),
    "responsible_id": _("Seller's number"),
    "created_day": _("Created on"),
    "closed_day": _("Closed on"),
    "entered_day": _("Entered on"),
    "activity_day": _("Day"),
    "revenue_centavos": _("Revenue"),
    "value_centavos": _("Value"),
    "cost_centavos": _("Cost"),
    "won": _("Won"),
    "lost": _("Lost"),
    "cycle_days": _("Cycle (days)"),
    "stage_order": _("Place of the stage"),
}


def lead_url(values: Mapping[str, Any]) -> str:
    """The page of the lead that a row belongs to."""
    return reverse("crm:lead", args=[values["connection_id"], values["lead_id"]])


def lead_names(principal: Principal, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The name of each row's lead; rows of spend belong to none."""
    from farol.areas.crm.boards.records import open_records

    keys = sorted({str(row["lead_id"]) for row in rows if row["lead_id"]})
    found: dict[tuple[str, str], str] = {}
    if keys:
        marks = listed([Sql("?")] * len(keys))
        with open_records(principal) as records:
            named = records.ask(compose(NAMED, marks=marks, seen=Sql("{seen}")), *keys)
        found = {(row["connection_id"], row["lead_id"]): row["name"] for row in named}
    return [
        found.get((row["connection_id"], row["lead_id"])) or str(row["lead_id"] or _("Marketing spend")) for row in rows
    ]


def times(
    name: str,
    labels: tuple[Any, Any, Any],
    definitions: tuple[Any, Any, Any],
    total: Sum,
    count: Sum,
    per: int = 1,
    direction: Direction = Direction.DOWN,
) -> tuple[Measure, Measure, Measure]:
    """Mean, median and 90th percentile of a duration held by `total.column`, in units of `per`."""
    formulas: tuple[Formula, ...] = (
        Ratio(total, count, per=per),
        Quantile(total.column, (1, 2), total.where, per=per),
        Quantile(total.column, (9, 10), total.where, per=per),
    )
    mean, median, p90 = (
        Measure(f"{name}_{statistic}", label, definition, Unit.NUMBER, formula, direction)
        for statistic, label, definition, formula in zip(
            ("mean", "median", "p90"), labels, definitions, formulas, strict=True
        )
    )
    return mean, median, p90


def model(
    name: str,
    label: Any,
    table: str,
    time: str,
    measures: tuple[Measure, ...],
    *,
    dimensions: tuple[Dimension, ...] = DIMENSIONS,
    volume: Sum | None = None,
    labels: Mapping[str, Any] | None = None,
    of_leads: bool = True,
) -> SemanticModel:
    """A model of the dataset `crm`; rows of a table `of_leads` lead to the page of their lead."""
    return SemanticModel(
        name=name,
        label=label,
        dataset="crm",
        table=table,
        dimensions=dimensions,
        measures=measures,
        permission="dashboard.commercial",
        time=time,
        volume=volume,
        column_labels={**COLUMN_LABELS, **(labels or {})},
        row_rules=own_rows,
        sparse=True,
        record=("connection_id", "lead_id") if of_leads else (),
        record_url=lead_url if of_leads else None,
        record_names=lead_names if of_leads else None,
    )
