"""Triages as pages, REST and import show them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage import queries, services
from farol.areas.aftersales.triage.forms import DispositionForm, TakeBackForm, TriageForm
from farol.areas.aftersales.triage.models import DECIDED, DISPOSITIONS, SCRAP, TECHNICIAN, ReturnReason, Triage
from farol.engines.workflow.module import Fact, Facts, Module, Section, get_module
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column, Filter, Status

TONES = {"stock": "success", "scrap": "danger", "in_transit": "info", "technician": "warning"}
LABELS = dict(DISPOSITIONS)


def item(triage: Triage, principal: Principal) -> dict[str, Any]:
    return {
        "order": triage.order,
        "tracking_code": triage.tracking_code,
        "marker": triage.marker,
        "customer": triage.customer.number if triage.customer else None,
        "channel": triage.channel,
        "reason": triage.reason.name if triage.reason else None,
        "received_on": triage.received_on.isoformat(),
        "notes": triage.notes,
        "items": [_line(line) for line in triage.lines.all()],
    }


def _line(line: Any) -> dict[str, Any]:
    return {
        "item": line.position,
        "sku": line.sku,
        "description": line.description,
        "item_version": line.item_version,
        "quantity": line.quantity,
        "condition": line.condition,
        "note": line.note,
        "disposition": line.disposition or None,
        "cost": str(line.cost),
        "cause": line.cause,
        "responsible": line.responsible_id,
    }


def facts(triage: Triage, principal: Principal) -> list[Facts]:
    customer = triage.customer
    url = get_module("customers").url(customer) if customer and principal.may("customers.view") else ""
    groups = [
        Facts(
            _("Received goods"),
            (
                Fact(_("Received on"), triage.received_on, "date"),
                Fact(_("Channel"), triage.channel or "—"),
                Fact(_("Return reason"), triage.reason.name if triage.reason else "—"),
                Fact(_("Customer"), customer.name if customer else "—", url=url),
                Fact(_("Order"), triage.order or "—"),
                Fact(_("Tracking code"), triage.tracking_code or "—"),
                Fact(_("Marker"), triage.marker or "—"),
            ),
        )
    ]
    if triage.notes:
        groups.append(Facts(_("Notes"), (Fact(_("Notes"), triage.notes, "long"),)))
    return groups


def initial(triage: Triage) -> dict[str, Any]:
    return {
        **{name: getattr(triage, name) for name in services.PLAIN},
        "customer": triage.customer.number if triage.customer else "",
        "reason": triage.reason.name if triage.reason else None,
        "items": [{name: getattr(line, name) for name in services.OF_ITEM} for line in triage.lines.all()],
    }


def items_section(triage: Triage, principal: Principal) -> dict[str, Any]:
    """Each item with its destination, and those that are still missing one."""
    lines = list(triage.lines.all())
    shown = [(line, _destination(line.disposition), line.disposition == SCRAP) for line in lines]
    left = sum(line.disposition not in DECIDED for line in lines)
    return {"items": shown, "left": left, "away": any(line.disposition == TECHNICIAN for line in lines)}


def _destination(disposition: str) -> Status | None:
    return Status(LABELS[disposition], TONES[disposition]) if disposition else None


def _channels() -> list[tuple[str, str]]:
    return [(channel, channel) for channel in settings.FAROL_CHANNELS]


def _reasons() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in ReturnReason.objects.values_list("pk", "name")]


def _with_disposition(rows: Any, disposition: str) -> Any:
    from farol.areas.aftersales.triage.models import TriageItem

    return rows.filter(pk__in=TriageItem.objects.filter(disposition=disposition).values("triage"))


MODULE = Module(
    name="triage",
    model=Triage,
    label=_("Triage"),
    plural=_("Triage of returns"),
    prefix="TG",
    path="triagem",
    icon="package-import",
    order=20,
    view="aftersales.view",
    work="triage.work",
    form=TriageForm,
    rows=queries.rows,
    columns=(
        Column("summary", _("Items")),
        Column("customer", _("Customer"), value=lambda row: row.customer.name if row.customer else ""),
        Column("order", _("Order"), sort="order"),
        Column("marker", _("Marker")),
        Column("channel", _("Channel"), sort="channel"),
        Column("reason", _("Return reason"), value=lambda row: row.reason.name if row.reason else ""),
        Column("received_on", _("Received on"), kind="date", sort="received_on"),
        Column("tracking_code", _("Tracking code"), shown=False),
    ),
    item=item,
    facts=facts,
    create=services.receive,
    change=services.change,
    initial=initial,
    title=lambda triage: triage.summary,
    search=queries.search,
    filters=(
        Filter("channel", _("Channel"), _channels),
        Filter("reason", _("Return reason"), _reasons),
        Filter("disposition", _("Destination"), DISPOSITIONS, _with_disposition),
    ),
    asks={"dispose": DispositionForm, "take_back": TakeBackForm},
    sections=(Section("items", _("Items and destinations"), "triage/items.html", items_section),),
)
MODULES = [MODULE]
