"""What the transitions of a triage ask, take and do; `flow.py` is the table that names them."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from farol.core import clock, given, money
from farol.core.errors import BadInput
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal

if TYPE_CHECKING:
    from farol.areas.aftersales.triage.models import Triage, TriageItem
    from farol.engines.workflow import Act

Data = Mapping[str, Any]
ZERO = Decimal("0.00")
LONGEST = 120


@dataclass(frozen=True)
class Decision:
    """Where items go. `item` is a position, 0 for all that have no destination yet; `quantity` 0 for all its pieces."""

    item: int
    quantity: int
    disposition: str
    cost: Decimal
    cause: str
    responsible_id: int | None


def something_undecided(triage: Triage, principal: Principal) -> str | None:
    from farol.areas.aftersales.triage.models import BOOKED

    if triage.lines.exclude(disposition__in=BOOKED).exists():
        return None
    return _("Every item has its destination already.")


def something_decided(triage: Triage, principal: Principal) -> str | None:
    return None if triage.lines.exclude(disposition="").exists() else _("No item has a destination yet.")


def everything_decided(triage: Triage, principal: Principal) -> str | None:
    from farol.areas.aftersales.triage.models import DECIDED, TECHNICIAN

    rows = triage.lines.exclude(disposition__in=DECIDED).values_list("sku", "disposition")
    at_technician = ", ".join(sku for sku, disposition in rows if disposition == TECHNICIAN)
    if at_technician:
        return _("Still at the technician: %(items)s. Decide the destination once it is back.") % {
            "items": at_technician
        }
    undecided = ", ".join(sku for sku, _disposition in rows)
    return _("Decide the destination first: %(items)s.") % {"items": undecided} if undecided else None


def nothing_due(triage: Triage, principal: Principal, data: Data) -> dict[str, Any]:
    return {"deadline": None}


def accept_disposition(triage: Triage, principal: Principal, data: Data) -> dict[str, Any]:
    """Checked here, stored by the effect. An item that is parted changes what the record says of its items."""
    from farol.areas.aftersales.triage.services import written

    before, (after, _about) = list(triage.lines.all()), lines_for(triage, decision_of(data))
    return written(after) if len(after) > len(before) else {}


def decision_of(data: Data) -> Decision:
    """`BadInput` names what is missing: scrap needs its cost and cause."""
    from farol.areas.aftersales.triage.models import DISPOSITIONS, SCRAP

    disposition = str(data.get("disposition") or "")
    if disposition not in dict(DISPOSITIONS):
        raise BadInput("disposition", _("Choose stock, scrap, in transit or technician."))
    cause, cost = given.text(data, "cause", LONGEST), given.amount(data, "cost")
    if cost is not None and cost < 0:
        raise BadInput("cost", _("A cost is not below zero."))
    if disposition == SCRAP and not cause:
        raise BadInput("cause", _("Say why it is scrapped."), code="required")
    if disposition == SCRAP and cost is None:
        raise BadInput("cost", _("Say what it cost; 0,00 if nothing."), code="required")
    item, quantity = _position(data.get("item")), _pieces(data.get("quantity"))
    if quantity and not item:
        raise BadInput("item", _("Name the item that these pieces are of."), code="required")
    return Decision(item, quantity, disposition, cost or ZERO, cause, _person(data.get("responsible")))


def lines_for(triage: Triage, decision: Decision) -> tuple[list[TriageItem], list[TriageItem]]:
    """All lines as they will be, and those of them that the decision is about.

    Fewer pieces than an item has become a line of their own, the last one and not stored yet.
    """
    from farol.areas.aftersales.triage.forms import MOST_ITEMS

    lines = list(triage.lines.all())
    about = _items_for(lines, decision)
    if not decision.quantity or decision.quantity == about[0].quantity:
        return lines, about
    whole = about[0]
    if decision.quantity > whole.quantity:
        raise BadInput("quantity", _("This item has %(count)d pieces only.") % {"count": whole.quantity})
    if len(lines) >= MOST_ITEMS:
        raise BadInput("quantity", _("A triage has at most %(most)d items.") % {"most": MOST_ITEMS})
    part = copy(whole)
    part.pk, part.position, part.quantity = None, lines[-1].position + 1, decision.quantity
    whole.quantity -= decision.quantity
    return [*lines, part], [part]


def _items_for(rows: list[TriageItem], decision: Decision) -> list[TriageItem]:
    """What went to stock or scrap is in the books and stays there."""
    from farol.areas.aftersales.triage.models import BOOKED

    if not decision.item:
        return [row for row in rows if not row.disposition]
    found = [row for row in rows if row.position == decision.item]
    if not found:
        raise BadInput("item", _("There is no item with this position."))
    if found[0].disposition in BOOKED:
        raise BadInput("item", _("This item has its destination already."))
    return found


def dispose(triage: Triage, act: Act) -> None:
    decision = decision_of(act.data)
    lines, rows = lines_for(triage, decision)
    if not rows:
        raise BadInput("item", _("Every item has its destination already: name the one to change."))
    if rows[0].pk is None:
        rows[0].save(force_insert=True)
        next(line for line in lines if line.position == decision.item).save(update_fields=["quantity"])
    shares = money.split(decision.cost, [row.quantity for row in rows])
    for row, cost in zip(rows, shares, strict=True):
        decided = {
            "disposition": decision.disposition,
            "cause": decision.cause,
            "cost": cost,
            "responsible_id": decision.responsible_id or act.principal.user_id,
            "decided_in": triage.version,
            "decided_at": clock.now(),
        }
        triage.lines.filter(pk=row.pk).update(**decided)


def accept_taking_back(triage: Triage, principal: Principal, data: Data) -> dict[str, Any]:
    """Checked here, stored by the effect. A triage that was concluded is due again."""
    from farol.areas.aftersales.triage.services import due

    _decided(triage, data)
    return {"deadline": due(triage.received_on, triage.channel)} if triage.state.final else {}


def _decided(triage: Triage, data: Data) -> TriageItem:
    position = _position(data.get("item"))
    found = triage.lines.filter(position=position).first()
    if found is None:
        raise BadInput("item", _("There is no item with this position."))
    if not found.disposition:
        raise BadInput("item", _("This item has no destination yet."))
    return found


def take_back(triage: Triage, act: Act) -> None:
    undecided = {
        "disposition": "",
        "cause": "",
        "cost": ZERO,
        "responsible_id": None,
        "decided_in": 0,
        "decided_at": None,
    }
    triage.lines.filter(pk=_decided(triage, act.data).pk).update(**undecided)


def _position(value: Any) -> int:
    return _counted("item", value, _("There is no item with this position."))


def _pieces(value: Any) -> int:
    return _counted("quantity", value, _("Give a whole number of pieces, or leave it empty for all of them."))


def _counted(field: str, value: Any, otherwise: str) -> int:
    """1, 2, 3 …; 0 if nothing is given."""
    if value in (None, ""):
        return 0
    text = str(value)
    if not (text.isascii() and text.isdecimal() and int(text[:9]) > 0):
        raise BadInput(field, otherwise)
    return int(text[:9])


def _person(value: Any) -> int | None:
    """A person's id; nobody is whoever decides."""
    if value in (None, ""):
        return None
    if isinstance(value, User):
        return value.pk
    text = str(value)
    found = User.objects.filter(pk=text, is_active=True) if text.isascii() and text.isdecimal() else User.objects.none()
    if not found.exists():
        raise BadInput("responsible", _("There is no such person."))
    return int(text)
