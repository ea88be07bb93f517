"""Payables on their way to the ERP."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables import services
from farol.areas.aftersales.payables.erp import CHANNEL
from farol.connectors.tiny import Document, Payable, erp_channel


def build(payload: dict[str, Any]) -> Payable:
    return Payable.from_json(payload)


def arrived(payload: dict[str, Any], document: Document) -> None:
    services.arrived(payload, document.id)


def record(payload: dict[str, Any]) -> str:
    return f"payables:{payload['payable']}"


CHANNELS = [erp_channel(CHANNEL, _("Payables for the ERP"), build, arrived, told=services.told, record=record)]
