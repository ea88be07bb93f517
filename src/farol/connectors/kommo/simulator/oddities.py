"""What real accounts hold besides: reopened, moved and deleted leads, older pipelines, many events in one second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farol.connectors.kommo.simulator import names
from farol.connectors.kommo.simulator.world import LOST

if TYPE_CHECKING:
    from farol.connectors.kommo.simulator.seeding import Shop

DAY = 86400


def add_oddities(shop: Shop) -> None:
    """What real accounts hold: reopened, moved, deleted, older pipelines, many events in one second."""
    leads = shop.tables["leads"]
    lost = [row for row in leads if row["status_id"] == LOST and row["pipeline_id"] == names.MAIN]
    for row in lost[::40]:  # reopened: closed_at stays
        shop.move(row, min(shop.end, row["updated_at"] + DAY), names.NEGOTIATION)
    moved = [row for row in leads if row["status_id"] == names.QUALIFIED]
    for row in moved[::10]:
        shop.move(row, min(shop.end, row["updated_at"] + DAY), 94000012, names.SECOND)
    made_there = {row["id"]: row for row in leads[15::60]}  # made where they stand: no event of a stage
    for row in made_there.values():
        row["pipeline_id"], row["status_id"], row["closed_at"] = names.OLD, 94000022, None
    shop.tables["events"] = [
        e for e in shop.tables["events"] if not (e["entity_id"] in made_there and e["type"] == "lead_status_changed")
    ]
    for row in leads[33::50]:
        row["is_deleted"] = True
        row["updated_at"] = min(shop.end, row["updated_at"] + 5 * DAY)
        shop.say(row["updated_at"], "lead_deleted", row["id"])
    for row in leads[5::80]:
        row["custom_fields_values"] = []
        row["price_with_minor_units"] = row["price"] + 0.5
    at = shop.start + (shop.end - shop.start) // 2
    old = [row for row in leads if row["created_at"] < at]
    for row in old[:130]:
        shop.say(at, "entity_tag_added", row["id"], after=[{"tag": {"name": "Campanha"}}])
    shop.tables["companies"] = [
        {"id": 30500001 + n, "name": f"Empresa {n}", "created_at": shop.start, "updated_at": shop.start,
         "is_deleted": False, "custom_fields_values": None, "_embedded": {"tags": [], "leads": []}}
        for n in range(3)
    ]  # fmt: skip
