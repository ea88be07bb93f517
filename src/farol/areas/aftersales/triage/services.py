"""Receiving goods and changing what was written about them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from farol.areas.aftersales.triage.models import ChannelTerm, Triage, TriageItem
from farol.core.errors import BadInput
from farol.engines import workflow
from farol.platform import calendar
from farol.platform.accounts.principal import Principal

LONGEST_SUMMARY = 160
PLAIN = ("order", "tracking_code", "marker", "channel", "received_on", "notes")
OF_ITEM = ("sku", "description", "item_version", "quantity", "condition", "note")
FIXED = ("sku", "item_version", "quantity")
Values = Mapping[str, Any]
Rows = Sequence[Mapping[str, Any]]


def receive(principal: Principal, values: dict[str, Any]) -> Triage:
    """Goods are here: a new triage with its items and the term of its channel. `NotAllowed` without the right."""
    principal.require("triage.work")
    rows = _clean_rows(values["items"])
    triage = Triage(owner_id=principal.user_id, **_columns(values, rows))
    with transaction.atomic():
        workflow.start(triage, principal)
        _store(triage, rows)
    return triage


def change(triage: Triage, principal: Principal, values: dict[str, Any], version: int) -> Triage:
    """Refuses like `workflow.edit`; an item that has its destination stays what it was."""
    principal.require("triage.work")
    rows = _clean_rows(values["items"])
    with transaction.atomic():
        _unmoved(triage, rows)
        before = triage.items
        workflow.edit(triage, principal, _columns(values, rows), version=version)
        if triage.items != before:
            _store(triage, rows)
    return triage


def due(received_on: dt.date, channel: str) -> dt.date:
    """The last day of the term that the channel allows."""
    own = ChannelTerm.objects.filter(channel__iexact=channel).first() if channel else None
    return calendar.default().add_business_days(received_on, own.days if own else settings.FAROL_TRIAGE_DAYS)


def _columns(values: Values, rows: Rows) -> dict[str, Any]:
    customer, reason = values.get("customer"), values.get("reason")
    return {
        **{name: values[name] for name in PLAIN},
        "customer_id": customer.pk if customer else None,
        "reason_id": reason.pk if reason else None,
        "deadline": due(values["received_on"], values["channel"]),
        "items": _digest(rows),
        "summary": _summary(rows),
    }


def written(lines: Iterable[TriageItem]) -> dict[str, str]:
    """What a triage with these lines says of its items."""
    rows = [{name: getattr(line, name) for name in OF_ITEM} for line in lines]
    return {"items": _digest(rows), "summary": _summary(rows)}


def _clean_rows(rows: Rows) -> list[dict[str, Any]]:
    if not rows:
        raise BadInput("items", _("Add at least one item."), code="required")
    return [{name: row.get(name) or "" for name in OF_ITEM} for row in rows]


def _unmoved(triage: Triage, rows: Rows) -> None:
    for line in triage.lines.exclude(disposition=""):
        if line.position > len(rows):
            raise BadInput("items", _("An item that has its destination can't be removed."))
        for name in FIXED:
            if getattr(line, name) != rows[line.position - 1][name]:
                sentence = _("This item has its destination already; it stays as it is.")
                raise BadInput(f"items.{line.position - 1}.{name}", sentence)


def _store(triage: Triage, rows: Rows) -> None:
    """Rows keep their places, and with them their destinations."""
    there = {line.position: line for line in triage.lines.all()}
    for place, row in enumerate(rows, 1):
        line = there.pop(place, None) or TriageItem(triage=triage, position=place)
        for name, value in row.items():
            setattr(line, name, value)
        line.save()
    for line in there.values():
        line.delete()


def _digest(rows: Rows) -> str:
    text = json.dumps([{name: str(value) for name, value in row.items()} for row in rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _summary(rows: Rows) -> str:
    text = ", ".join(f"{row['quantity']} × {row['sku']}" for row in rows)
    return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1] + "…"
