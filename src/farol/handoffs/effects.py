"""What a step in one module does in another, in the same transaction."""

from __future__ import annotations

from farol.areas.aftersales.triage.models import SCRAP, STOCK, Triage
from farol.engines import ledger
from farol.engines.workflow import Act, links
from farol.engines.workflow.effects import After
from farol.handoffs import disputes, matching


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
            )
        elif line.disposition == STOCK:
            data = {"sku": line.sku, "version": line.item_version, "quantity": line.quantity, "line": [line.position]}
            links.pend(triage.reference, "stock_receipt", data)


EFFECTS = [
    After("triage", "create", find_warranty),
    After("triage", "edit", find_warranty),
    After("triage", "create", disputes.consider),
    After("triage", "edit", disputes.consider),
    After("triage", "dispose", carry_goods),
]
