"""A small made-up company as stage rows: six sellers, two pipelines, sixty leads with every oddity we know of.

`ROWS` is what a CRM would have brought until `END`. `published(rows)` publishes rows to the data folder of the test;
the fixture `company` does so with these.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from farol.core import clock
from farol.engines.warehouse import Version, find_dataset, open_stage, publish

Rows = dict[str, list[dict[str, Any]]]
ZONE = ZoneInfo("America/Sao_Paulo")
PIPELINE, PARTNERS = "1", "2"
STAGES = {
    "11": ("Incoming leads", 10, 1),
    "12": ("Qualificação", 20, 0),
    "13": ("Apresentação", 30, 0),
    "14": ("Negociação", 40, 0),
    "142": ("Venda ganha", 10000, 142),
    "143": ("Venda perdida", 11000, 143),
}
PARTNER_STAGES = {
    "21": ("Contato", 10, 1),
    "22": ("Proposta", 20, 0),
    "142": ("Venda ganha", 10000, 142),
    "143": ("Venda perdida", 11000, 143),
}
USERS = {
    "101": ("Ana Souza", "Vendas", True),
    "102": ("Bruno Lima", "Vendas", True),
    "103": ("Carla Dias", "Vendas", True),
    "104": ("Samuel Tavares", "Parcerias", True),
    "105": ("Ana Souza", "Parcerias", True),  # a namesake
    "106": ("Diego Melo", "Vendas", False),
}


def at(text: str) -> int:
    """Unix seconds of a local time, such as `2026-10-05 14:30`."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


END = at("2026-11-21 00:00")
NOW = dt.datetime.fromtimestamp(END, dt.UTC) + dt.timedelta(hours=9)


def row(ident: str, updated_at: int, **values: Any) -> dict[str, Any]:
    return {"connection_id": "default", "id": ident, "updated_at": updated_at, "deleted": False, "run": 1, **values}


class Maker:
    """Collects rows, and gives events and activities their numbers."""

    def __init__(self) -> None:
        self.rows: Rows = {
            name: [] for name in ("lead", "pipeline", "status", "user", "task", "event", "note", "contact", "tag")
        }
        self.number = 0

    def add(self, table: str, ident: str | None, updated_at: int, **values: Any) -> str:
        self.number += 1
        made = ident or f"{table[0]}{self.number}"
        self.rows[table].append(row(made, updated_at, **values))
        return made

    def event(self, kind: str, lead: str, when: int, **values: Any) -> None:
        values = {"entity_type": "lead", "entity_id": lead, "lead_id": lead, "created_by": "101", **values}
        self.add("event", None, when, type=kind, created_at=when, **values)

    def lead(self, ident: str, path: list[tuple[str, str]], pipeline: str = PIPELINE, **values: Any) -> int:
        """A lead that entered the statuses of `path` (time, status) in turn; returns its creation."""
        times = [at(when) for when, _status in path]
        for i in range(1, len(path)):
            before, after = path[i - 1][1], path[i][1]
            sides = {"from_pipeline": pipeline, "from_status": before, "to_pipeline": pipeline, "to_status": after}
            self.event("lead_status_changed", ident, times[i], **sides)
        status = path[-1][1]
        closed = {"142": "won", "143": "lost"}.get(status)
        said = {
            "name": f"Negócio {ident}",
            "status": closed or "open",
            "pipeline_id": pipeline,
            "status_id": status,
            "responsible_id": "101",
            "created_at": times[0],
            "closed_at": times[-1] if closed else None,
            "contacts": 1,
            "tags": "[]",
            "custom": "{}",
            "counts": True,
        }
        self.add("lead", ident, values.pop("updated_at", times[-1]), **{**said, **values})
        return times[0]

    def task(self, kind: str, lead: str, created: int, due: int, done: int | None = None, **values: Any) -> None:
        said = {"kind": kind, "lead_id": lead, "entity_type": "leads", "entity_id": lead, "responsible_id": "101"}
        said |= {"created_at": created, "due_at": due, "completed_at": done, "completed": done is not None}
        self.add("task", None, done or created, **{**said, "type_name": kind, "text": "…", **values})

    def note(self, kind: str, lead: str, when: int, **values: Any) -> None:
        said = {"type": kind, "entity_type": "leads", "entity_id": lead, "lead_id": lead, "created_by": "101"}
        self.add("note", None, when, **{**said, "created_at": when, **values})


def _dictionaries(make: Maker) -> None:
    for pipeline, name, stages in ((PIPELINE, "Vendas", STAGES), (PARTNERS, "Parcerias", PARTNER_STAGES)):
        make.add("pipeline", pipeline, 0, name=name, sort=int(pipeline), main=pipeline == PIPELINE, archived=False)
        for status, (label, sort, kind) in stages.items():
            known = {"pipeline_id": pipeline, "status_id": status, "name": label, "sort": sort, "kind": kind}
            make.add("status", f"{pipeline}:{status}", 0, **known)
    for ident, (name, team, active) in USERS.items():
        make.add("user", ident, 0, name=name, team=team, active=active, email_hash="")


def _oddities(make: Maker) -> None:
    """One lead for each thing that went wrong somewhere once; their ids say what."""
    make.lead("won-without-price", [("2026-10-01 09:00", "11"), ("2026-10-05 10:00", "142")], price_centavos=0)
    make.lead("created-won", [("2026-10-02 09:00", "142")], price_centavos=90_000)  # no status event at all
    make.lead(
        "reopened",
        [("2026-09-01 09:00", "11"), ("2026-09-03 09:00", "143"), ("2026-09-10 09:00", "13")],
        price_centavos=120_000,
        closed_at=at("2026-09-03 09:00"),  # the CRM keeps it on a lead that is open again
    )
    make.lead("to-partners", [("2026-09-01 12:00", "11"), ("2026-09-02 12:00", "12")], price_centavos=70_000)
    moved = at("2026-09-05 12:00")
    sides = {"from_pipeline": PIPELINE, "from_status": "12", "to_pipeline": PARTNERS, "to_status": "22"}
    make.event("lead_status_changed", "to-partners", moved, **sides)
    make.rows["lead"][-1] |= {"pipeline_id": PARTNERS, "status_id": "22", "updated_at": moved}
    make.lead("back-and-lost", [
        ("2026-09-01 08:00", "11"), ("2026-09-02 08:00", "13"), ("2026-09-04 08:00", "12"), ("2026-09-08 08:00", "143"),
    ], price_centavos=50_000, loss_reason="Preço", loss_reason_id="7")  # fmt: skip
    make.lead(
        "history-gap", [("2026-09-01 08:00", "11"), ("2026-09-02 08:00", "12")], updated_at=at("2026-09-20 08:00")
    )
    make.rows["lead"][-1]["status_id"] = "14"  # the event of this move never came
    make.lead("unknown-stage", [("2026-09-01 08:00", "11"), ("2026-09-02 08:00", "99")], price_centavos=1_000)
    make.lead("former-user", [("2026-09-01 08:00", "12")], responsible_id="999", price_centavos=30_000)
    make.lead("robot", [("2026-09-01 08:00", "11")], responsible_id="0")
    make.lead("nobody", [("2026-09-01 08:00", "11")], responsible_id=None)
    make.lead("last-second", [("2026-10-31 20:59:59", "11"), ("2026-10-31 23:59:59", "142")], price_centavos=100_000)
    make.lead("midnight", [("2026-11-01 00:00", "11"), ("2026-11-01 21:00", "142")], price_centavos=200_000)
    make.lead("summer-time", [("2018-11-04 01:30", "11"), ("2018-11-05 09:00", "143")], price_centavos=10_000)
    make.lead("closed-before", [("2026-10-10 09:00", "11"), ("2026-10-12 09:00", "142")], price_centavos=40_000)
    make.rows["lead"][-1]["created_at"] = at("2026-10-20 09:00")
    make.lead("deleted", [("2026-09-01 08:00", "11")], price_centavos=999_999, deleted=True)
    make.lead("hostile", [("2026-10-15 09:00", "12")], name="=1+1 <b>'\"; DROP TABLE lead", price_centavos=5_000)
    make.lead("slow-answer", [("2026-10-01 09:00", "11")])
    make.note(
        "call_out", "slow-answer", at("2026-10-09 09:00"), duration=120, call_status=4, uniq="u1", text="Pediu desconto"
    )
    make.lead("friday-night", [("2026-10-02 18:30", "11")])  # answered on Monday at 08:10: ten business minutes
    make.event("outgoing_chat_message", "friday-night", at("2026-10-05 08:10"))
    make.lead("by-contact", [("2026-10-03 09:00", "11")], contact_id="c1")
    make.add("contact", "c1", at("2026-10-03 09:00"), name="Cliente", lead_ids=json.dumps(["by-contact"]))
    contact = {"entity_type": "contact", "entity_id": "c1", "lead_id": None}
    make.event("outgoing_chat_message", "", at("2026-10-03 09:30"), **contact)
    make.event("incoming_chat_message", "", at("2026-10-03 10:00"), **contact)
    make.lead("changed-hands", [("2026-10-01 09:00", "12")], responsible_id="103", price_centavos=80_000)
    make.event("entity_responsible_changed", "changed-hands", at("2026-10-10 09:00"), from_user="102", to_user="103")
    make.event("sale_field_changed", "changed-hands", at("2026-10-20 09:00"), from_value=50_000, to_value=80_000)
    tracked = {"gclid": "abc", "fbclid": "IwAR", "utm_content": "video-b", "utm_term": "loja", "origin": "Indicação"}
    make.lead("paid", [("2026-10-01 09:00", "11")], cost_centavos=2_500, **tracked)


def _ordinary(make: Maker) -> None:
    """Forty leads of three months in which nothing strange happens."""
    origins: list[dict[str, Any]] = [
        {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "marca"},
        {"utm_source": "google", "utm_medium": "organic"},
        {"origin": "Indicação"},
        {"utm_source": "instagram", "utm_medium": "social"},
        {"utm_medium": "email", "utm_campaign": "novidades"},
        {},
    ]
    first = dt.datetime(2026, 9, 1, 9, 30)
    for n in range(40):
        created = first + dt.timedelta(days=2 * n, minutes=13 * n % 300)
        statuses = ["11", "12", "13", "14", ("142", "143", None, "142", None)[n % 5]]
        steps = [s for s in statuses[: 5 if n % 5 in (0, 1, 3) else 1 + n % 4] if s]
        days = [created + dt.timedelta(days=k * (1 + n % 3), hours=k) for k in range(len(steps))]
        path = [
            (f"{day:%Y-%m-%d %H:%M}", status) for day, status in zip(days, steps, strict=True) if at(str(day)) < END
        ]
        seller = ("101", "102", "103", "104", "105")[n % 5 if n % 7 else 1]
        ident = f"n{n:02d}"
        start = make.lead(
            ident,
            path,
            responsible_id=seller,
            price_centavos=100_000 * (1 + n % 7),
            product=("Curso", "Mentoria")[n % 2],
            loss_reason="Preço" if n % 2 else "Concorrente",
            **origins[n % 6],
        )
        if path[-1][1] != "143":
            make.rows["lead"][-1]["loss_reason"] = None
        if n % 8 != 7:
            make.event("outgoing_chat_message", ident, start + 600 + 2400 * (n % 5), created_by=seller)
        if n % 3 == 0:
            make.event("incoming_chat_message", ident, start + 7200 + 2400 * (n % 5), created_by="0")
        due = start + 86_400
        make.task("follow_up", ident, start + 60, due, due - 3600 if n % 4 == 0 else None, responsible_id=seller)
        if n % 2:
            done = due + 7200 if n % 6 == 1 else None
            make.task("meeting", ident, start + 120, due, done, responsible_id=seller, duration=1800)


def _made() -> Rows:
    make = Maker()
    _dictionaries(make)
    _oddities(make)
    _ordinary(make)
    return make.rows


ROWS: Rows = _made()


def changed(**tables: Any) -> Rows:
    """The company's rows with other rows in some tables: a list, or a function of the present list."""
    rows = copy.deepcopy(ROWS)
    for name, value in tables.items():
        rows[name] = value(rows[name]) if callable(value) else value
    return rows


def published(
    rows: Mapping[str, list[dict[str, Any]]] = ROWS, *, until: int | None = END, run: str = "", **options: Any
) -> Version:
    """Take the rows in as a load does and publish them; `until` is the instant up to which they are whole."""
    with open_stage(find_dataset("crm"), wait=5) as stage:
        for table, found in rows.items():
            stage.upsert(table, found)
        if until is not None:
            stage.set_mark("until:default", str(until))
        return publish(stage, run=run, **options)


@pytest.fixture
def company(db: None, settings: Any, tmp_path: Any) -> Iterator[Version]:
    """The company is published and the clock stands at `NOW`, the morning after its last day."""
    settings.FAROL_HOME = tmp_path
    with clock.frozen(NOW):
        yield published()
