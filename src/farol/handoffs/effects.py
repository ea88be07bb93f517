"""What a step in one module does in another, in the same transaction."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from farol.areas.aftersales.triage.models import SCRAP, STOCK, Triage
from farol.engines import ledger
from farol.engines.ledger.models import Posting
from farol.engines.workflow import Act, TransitionRefused, links
from farol.engines.workflow.effects import After
from farol.engines.workflow.models import PendingHandoff
from farol.handoffs import disputes, matching

STOCK_RECEIPT = "stock_receipt"


def find_warranty(triage: Triage, act: Act) -> None:
    """Goods that show to which case they belong are connected with it; where several may be meant, a person chooses."""
    if matching.warranty_of(triage) is None and (case := matching.only_match(triage)):
        matching.connect(case, triage, act.principal)


def carry_goods(triage: Triage, act: Act) -> None:
    """Scrap goes to the books, on the warranty's account where there is one; stock waits for its module."""
    case = matching.warranty_of(triage)
    for line in triage.lines.filter(decided_in=triage.version):
        if line.disposition == SCRAP:
            ledger.scrap(
                case.reference if case else triage.reference,
                triage.reference,
                line.sku,
                line.item_version,
                line.quantity,
                line.cost,
                line.cause,
                line.responsible,
                act.principal,
                data={"item": line.position},
            )
        elif line.disposition == STOCK:
            data = {"sku": line.sku, "version": line.item_version, "quantity": line.quantity, "line": [line.position]}
            links.pend(triage.reference, STOCK_RECEIPT, data)


def take_goods_back(triage: Triage, act: Act) -> None:
    """What a destination had set going is undone: scrap by a counter-entry, a receipt as long as it waits. Goods that
    are in the stock already stay there, and with them their destination."""
    now = dict(triage.lines.values_list("position", "disposition"))
    for row in PendingHandoff.objects.filter(record=triage.reference, kind=STOCK_RECEIPT).order_by("pk"):
        wanted = now.get(row.data["line"][0]) == STOCK
        if not (wanted or "withdrawn" in row.data or links.withdraw(row)):
            raise TransitionRefused(_("These goods are in the stock already: correct it there."))
    for posting, case, cost in ledger.scrapped(triage.reference):
        if now.get(posting.data.get("item"), SCRAP) != SCRAP:
            _take_scrap_back(triage, act, posting, case, cost)


def _take_scrap_back(triage: Triage, act: Act, posting: Posting, case: str, cost: Decimal) -> None:
    """On the case that bears it now, which was found later, perhaps."""
    reason = act.reason[:500]
    ledger.reverse(posting, act.principal, reason)
    bearer = matching.connected(triage) or triage.reference
    if bearer != case:
        ledger.transfer(SCRAP, cost, bearer, case, source=triage.reference, principal=act.principal, memo=reason)


EFFECTS = [
    After("triage", "create", find_warranty),
    After("triage", "edit", find_warranty),
    After("triage", "create", disputes.consider),
    After("triage", "edit", disputes.consider),
    After("triage", "dispose", carry_goods),
    After("triage", "take_back", take_goods_back),
]
