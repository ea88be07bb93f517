"""Warranties and exchanges as pages, REST and import show them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.warranties import comparison, erp, queries, services
from farol.areas.aftersales.warranties.flow import AWAITING
from farol.areas.aftersales.warranties.forms import (
    ADDRESS,
    ArrivalForm,
    CostForm,
    ReturnForm,
    ScrapForm,
    WarrantyForm,
)
from farol.areas.aftersales.warranties.models import KINDS, Warranty
from farol.engines.ledger import scrapping
from farol.engines.workflow.module import Fact, Facts, Module, Section
from farol.platform.accounts.principal import Principal
from farol.platform.web.lists import Column, Filter, Status

PLAIN = ("order", "channel", "return_needed", "carrier", "tracking_code", "posting_deadline", "notes")
TONES = {"queued": "info", "sending": "info", "unknown": "warning", "failed": "danger", "done": "success"}
WITHDRAWAL = {
    "queued": _("Asked for"),
    "sending": _("Asked for"),
    "unknown": _("Uncertain"),
    "failed": _("Refused by the ERP"),
    "done": _("Cancelled in the ERP"),
}
REMEDIES = {
    "queued": _("It leaves as soon as the ERP takes it. Nothing to do."),
    "sending": _("It is being handed over now. Nothing to do."),
    "unknown": _("Farol looks whether it arrived, and never sends it twice. If it stays so, ask the administrator."),
    "failed": _("Correct what the ERP says, then generate the order again: it goes out under the same key."),
}


def sending_status(case: Warranty) -> Status | str:
    state = erp.sending_of(case).state
    return Status(erp.label_of(state), TONES[state]) if state else ""


def item(case: Warranty, principal: Principal) -> dict[str, Any]:
    """REST: `erp` tells where the order stands, `erp_order` is its number there; `cost` is what the case cost."""
    sending = erp.sending_of(case)
    return {
        "kind": case.kind,
        "marker": case.marker,
        "order": case.order,
        "channel": case.channel,
        "customer": case.customer.number,
        "items": [_line(line) for line in case.lines.all()],
        "return_needed": case.return_needed,
        "carrier": case.carrier,
        "tracking_code": case.tracking_code,
        "posting_deadline": _iso(case.posting_deadline),
        "received_on": _iso(case.received_on),
        "delivery": _delivery(case, principal),
        "notes": case.notes,
        "cost": str(getattr(case, "cost", None) or "0.00"),
        "erp": sending.state,
        "erp_error": "" if sending.state == "done" else sending.error,
        "erp_order": case.erp_number,
    }


def _line(line: Any) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "description": line.description,
        "item_version": line.item_version,
        "quantity": line.quantity,
        "unit_value": str(line.unit_value),
        "defect": line.defect,
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _delivery(case: Warranty, principal: Principal) -> dict[str, str]:
    """The other address; without the right to reveal only the place."""
    address = case.delivery_address
    if principal.may("customers.reveal"):
        return address
    return {part: text for part, text in address.items() if part in ("city", "state")}


def facts(case: Warranty, principal: Principal) -> list[Facts]:
    groups = [
        Facts(
            _("Case"),
            (
                Fact(_("Kind"), case.get_kind_display()),
                Fact(_("Marker"), case.marker),
                Fact(_("Original order"), case.order or "—"),
                Fact(_("Channel"), case.channel or "—"),
                Fact(_("Customer"), case.customer.name, url=customer_url(case, principal)),
                Fact(_("Cost"), getattr(case, "cost", None), "money"),
            ),
        ),
        Facts(_("Reverse logistics"), _logistics(case)),
    ]
    if case.delivery:
        groups.append(Facts(_("Delivered elsewhere"), _address(case, principal)))
    if case.notes:
        groups.append(Facts(_("Notes"), (Fact(_("Notes"), case.notes, "long"),)))
    return groups


def customer_url(case: Warranty, principal: Principal) -> str:
    from farol.engines.workflow.module import get_module

    return get_module("customers").url(case.customer) if principal.may("customers.view") else ""


def _logistics(case: Warranty) -> tuple[Fact, ...]:
    if not case.return_needed:
        return (Fact(_("Return"), _("Not needed")),)
    missing = _("Not yet") if case.return_requested_on else "—"
    return (
        Fact(_("Return"), _("Requested") if case.return_requested_on else _("To be requested")),
        Fact(_("Carrier"), case.carrier or "—"),
        Fact(_("Tracking code"), case.tracking_code or "—"),
        Fact(_("To be posted until"), case.posting_deadline, "date"),
        Fact(_("Received on"), case.received_on or missing, "date" if case.received_on else "text"),
    )


def _address(case: Warranty, principal: Principal) -> tuple[Fact, ...]:
    found = _delivery(case, principal)
    street = " ".join(found[part] for part in ("street", "number", "complement") if found.get(part))
    place = " · ".join(found[part] for part in ("district", "city", "state", "postcode") if found.get(part))
    lines = ((_("Recipient"), found.get("recipient")), (_("Street"), street), (_("Place"), place))
    hidden = () if principal.may("customers.reveal") else (Fact(_("Address"), _("Hidden: personal data")),)
    return (*(Fact(label, text) for label, text in lines if text), *hidden)


def initial(case: Warranty) -> dict[str, Any]:
    address = case.delivery_address
    return {
        **{name: getattr(case, name) for name in PLAIN},
        "kind": case.kind,
        "customer": case.customer.number,
        **{f"delivery_{part}": address.get(part, "") for part in ADDRESS},
        "items": [
            {
                "sku": line.sku,
                "description": line.description,
                "item_version": line.item_version,
                "quantity": line.quantity,
                "unit_value": line.unit_value,
                "defect": line.defect,
            }
            for line in case.lines.all()
        ],
    }


def items_section(case: Warranty, principal: Principal) -> dict[str, Any]:
    return {"items": list(case.lines.all())}


def erp_section(case: Warranty, principal: Principal) -> dict[str, Any] | None:
    """Where the order stands, in words, with what to do."""
    if not case.erp_key:
        return None
    sending, withdrawal = erp.sending_of(case), erp.sending_of(case, erp.WITHDRAWAL)
    return {
        "key": case.erp_key,
        "order": case.erp_number,
        "state": Status(erp.label_of(sending.state), TONES[sending.state]) if sending.state else None,
        "error": sending.error if sending.state in ("failed", "unknown", "queued") else "",
        "remedy": REMEDIES.get(sending.state, ""),
        "withdrawal": Status(WITHDRAWAL[withdrawal.state], TONES[withdrawal.state]) if withdrawal.state else None,
        "withdrawal_error": withdrawal.error if withdrawal.state != "done" else "",
        "missing": case.return_needed and not case.received_on and case.status == AWAITING,
    }


def _channels() -> list[tuple[str, str]]:
    return [(channel, channel) for channel in settings.FAROL_CHANNELS]


MODULE = Module(
    name="warranties",
    model=Warranty,
    label=_("Warranty or exchange"),
    plural=_("Warranties and exchanges"),
    prefix="GT",
    path="garantias",
    icon="shield-check",
    order=10,
    view="aftersales.view",
    work="warranties.work",
    form=WarrantyForm,
    rows=queries.rows,
    columns=(
        Column("marker", _("Marker"), sort="marker"),
        Column("kind", _("Kind"), value=lambda case: case.get_kind_display(), shown=False),
        Column("customer", _("Customer"), value=lambda case: case.customer.name),
        Column("order", _("Original order"), sort="order"),
        Column("summary", _("Items")),
        Column("channel", _("Channel"), sort="channel", shown=False),
        Column("erp", _("ERP"), value=sending_status, kind="status"),
        Column("erp_number", _("ERP order"), shown=False),
        Column("tracking_code", _("Tracking code"), shown=False),
        Column("posting_deadline", _("To be posted until"), kind="date", shown=False),
        Column("received_on", _("Received on"), kind="date", shown=False),
        Column("cost", _("Cost"), kind="money", shown=False),
    ),
    item=item,
    facts=facts,
    create=services.open_case,
    change=services.change,
    initial=initial,
    title=lambda case: f"{case.get_kind_display()} {case.marker} · {case.customer.name}",
    search=queries.search,
    filters=(
        Filter("kind", _("Kind"), KINDS),
        Filter("channel", _("Channel"), _channels),
        Filter(
            "erp",
            _("ERP"),
            [(state, erp.label_of(state)) for state in ("queued", "sending", "unknown", "failed")],
            queries.in_sending,
        ),
    ),
    asks={
        "request_return": ReturnForm,
        "register_return": ArrivalForm,
        "add_cost": CostForm,
        "add_scrap": ScrapForm,
    },
    sections=(
        Section("items", _("Items"), "warranties/items.html", items_section),
        Section("scrap", _("Scrap"), "ledger/scrap_lines.html", scrapping.section),
        Section("verification", _("Compared with the ERP"), "warranties/verification.html", comparison.section),
        Section("erp", _("Order in the ERP"), "warranties/erp.html", erp_section, side=True),
    ),
)
MODULES = [MODULE]
