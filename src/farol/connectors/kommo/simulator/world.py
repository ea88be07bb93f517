"""What is true in the made-up Kommo: rows in the API's own shape, and what may happen to them."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading
from pathlib import Path
from typing import Any

from farol.connectors.kommo.simulator.table import Row, Table
from farol.core import clock

ENTITIES = (
    "users",
    "pipelines",
    "loss_reasons",
    "custom_fields",
    "tags",
    "leads",
    "contacts",
    "companies",
    "tasks",
    "events",
    "notes",
)
WON, LOST = 142, 143
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class World:
    """An account: `account` as `GET /account` gives it, and a `Table` per entity (`world.leads`, `world.events` …).

    Changes take the instant from the one clock and write the events that Kommo would.
    """

    def __init__(self, account: Row, tables: dict[str, list[Row]], *, seed: int = 7) -> None:
        self.account = account
        self.seed = seed
        self.lock = threading.RLock()
        self.shift = 0  # seconds by which this Kommo's clock is wrong
        self.late = 0  # seconds after which its lists show what was made
        self.random = random.Random(seed)  # noqa: S311
        for name in ENTITIES:
            setattr(self, name, Table(tables.get(name, ())))
        self._numbers = {
            name: max((n for n in self.of(name).rows if isinstance(n, int)), default=0) for name in ENTITIES
        }

    users: Table
    pipelines: Table
    loss_reasons: Table
    custom_fields: Table
    tags: Table
    leads: Table
    contacts: Table
    companies: Table
    tasks: Table
    events: Table
    notes: Table

    def of(self, entity: str) -> Table:
        table: Table = getattr(self, entity)
        return table

    def instant(self) -> int:
        return int(clock.now().timestamp()) + self.shift

    def next_id(self, entity: str) -> int:
        self._numbers[entity] += 1
        return self._numbers[entity]

    def note_event(
        self, kind: str, entity: str, entity_id: int, after: list[Row], before: list[Row], at: int = 0
    ) -> None:
        at = at or self.instant()
        row = event(self.random, at, kind, entity, entity_id, after=after, before=before)
        with self.lock:
            self.events.put(row)

    def create_lead(self, **values: Any) -> Row:
        """A lead in the first ordinary stage of the first pipeline, where `values` do not say otherwise."""
        with self.lock:
            at, pipeline = self.instant(), next(iter(self.pipelines))
            first = next(s for s in pipeline["_embedded"]["statuses"] if s["type"] == 0)
            row = lead(self.next_id("leads"), "Novo lead", at, pipeline["id"], first["id"], 0)
            row |= values
            self.leads.put(row)
            self.note_event("lead_added", "lead", row["id"], [], [])
        return row

    def edit_lead(self, lead_id: int, **values: Any) -> None:
        """Set fields of a lead; a change of stage, owner or price also writes its event."""
        with self.lock:
            row = self.leads.rows[lead_id]
            before = dict(row)
            row = {**row, **values, "updated_at": max(self.instant(), row["updated_at"])}
            if row["status_id"] != before["status_id"]:
                row["closed_at"] = self.instant() if row["status_id"] in (WON, LOST) else row["closed_at"]
                self.note_event("lead_status_changed", "lead", lead_id, [stage(row)], [stage(before)])
            if row["responsible_user_id"] != before["responsible_user_id"]:
                sides = [[{"responsible_user": {"id": side["responsible_user_id"]}}] for side in (row, before)]
                self.note_event("entity_responsible_changed", "lead", lead_id, sides[0], sides[1])
            if row["price"] != before["price"]:
                sides = [[{"sale_field_value": {"sale": side["price"]}}] for side in (row, before)]
                self.note_event("sale_field_changed", "lead", lead_id, sides[0], sides[1])
            self.leads.put(row)

    def delete_lead(self, lead_id: int, *, gone: bool = True) -> None:
        """Into the trash, or (`gone` false) back out of it."""
        with self.lock:
            row = self.leads.rows[lead_id]
            self.leads.put({**row, "is_deleted": gone, "updated_at": max(self.instant(), row["updated_at"])})
            self.note_event("lead_deleted" if gone else "lead_restored", "lead", lead_id, [], [])

    def truth(self) -> dict[str, Any]:
        """Counts and sums that a complete load must show."""
        with self.lock:
            here = [row for row in self.leads if not row["is_deleted"]]
            won = [row for row in here if row["status_id"] == WON]
            counts = {name: len(self.of(name)) for name in ENTITIES}
            return counts | {
                "leads": len(here),
                "won": len(won),
                "lost": sum(row["status_id"] == LOST for row in here),
                "won_without_value": sum(not row["price"] for row in won),
                "won_centavos": sum(centavos(row) for row in won),
            }


def centavos(row: Row) -> int:
    """What a lead is worth."""
    value: float = row.get("price_with_minor_units") or row["price"] or 0
    return round(100 * value)


def stage(row: Row) -> Row:
    """A stage as events name it."""
    return {"lead_status": {"id": row["status_id"], "pipeline_id": row["pipeline_id"]}}


def lead(lead_id: int, name: str, at: int, pipeline: int, status: int, responsible: int) -> Row:
    """A fresh lead with every field that the list gives."""
    return {
        "id": lead_id, "name": name, "price": 0, "responsible_user_id": responsible, "group_id": 0,
        "status_id": status, "pipeline_id": pipeline, "loss_reason_id": None, "source_id": None, "created_by": 0,
        "updated_by": 0, "created_at": at, "updated_at": at, "closed_at": None, "closest_task_at": None,
        "is_deleted": False, "custom_fields_values": None, "score": None, "account_id": 31000001, "labor_cost": None,
        "_embedded": {"tags": [], "companies": [], "contacts": [], "loss_reason": [], "source": None},
    }  # fmt: skip


def event(
    chance: random.Random,
    at: int,
    kind: str,
    entity: str,
    entity_id: int,
    *,
    after: Any = (),
    before: Any = (),
    by: int = 0,
) -> Row:
    """A row of the audit log; its id is a ULID of the instant."""
    return {
        "id": ulid(chance, at), "type": kind, "entity_id": entity_id, "entity_type": entity, "created_by": by,
        "created_at": at, "value_after": list(after), "value_before": list(before), "account_id": 31000001,
        "_embedded": {"entity": {"id": entity_id}},
    }  # fmt: skip


def ulid(chance: random.Random, at: int) -> str:
    number = at * 1000
    head = "".join(_CROCKFORD[number >> shift & 31] for shift in range(45, -1, -5))
    return head + "".join(chance.choices(_CROCKFORD, k=16))


def seeded(seed: int, as_of: dt.date | dt.datetime, leads: int = 2000, months: int = 20) -> World:
    """A shop of `leads` leads created over `months` months, as it stands at `as_of` (a date: at its end).

    The same arguments give the same account.
    """
    from farol.connectors.kommo.simulator.seeding import seed_world

    return seed_world(seed, as_of, leads, months)


def from_files(folder: Path) -> World:
    """The account of recorded answers: `kommo_leads_pages.json`, `kommo_pipelines.json`, `kommo_users.json`."""

    def read(name: str) -> Any:
        return json.loads((folder / f"kommo_{name}.json").read_text(encoding="utf-8"))

    pages = read("leads_pages")
    tables = {name: read(name)["_embedded"][name] for name in ("pipelines", "users")}
    tables["leads"] = [row for page in pages for row in page["_embedded"]["leads"]]
    return World(account("Conta de arquivos", min(row["created_at"] for row in tables["leads"])), tables)


def account(name: str, created_at: int) -> Row:
    return {
        "id": 31000001, "name": name, "subdomain": "simulador", "language": "pt", "created_at": created_at,
        "updated_at": created_at, "current_user_id": 9000001, "country": "BR", "currency": "BRL",
        "currency_symbol": "R$", "is_unsorted_on": True, "is_loss_reason_enabled": True,
        "_embedded": {
            "datetime_settings": {"timezone": str(clock.zone()), "timezone_offset": "-03:00"},
            "users_groups": [{"id": 0, "name": "Vendas"}, {"id": 500101, "name": "Pós-venda"}],
            "task_types": [
                {"id": 1, "name": "Follow-up", "color": None, "icon_id": None, "code": "FOLLOW_UP"},
                {"id": 2, "name": "Reunião", "color": None, "icon_id": None, "code": "MEETING"},
                {"id": 501, "name": "Ligar", "color": None, "icon_id": None, "code": None},
            ],
        },
    }  # fmt: skip
