"""An account by the numbers of a seed: leads with the history that led to where they stand, and oddities."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from farol.connectors.kommo.simulator import names
from farol.connectors.kommo.simulator.names import filled
from farol.connectors.kommo.simulator.oddities import add_oddities
from farol.connectors.kommo.simulator.table import Row
from farol.connectors.kommo.simulator.world import LOST, WON, World, account, event, lead, stage
from farol.core import clock

DAY = 86400
STAGES = {
    names.MAIN: [
        names.INCOMING,
        names.FIRST_CONTACT,
        names.QUALIFIED,
        names.MEETING,
        names.PROPOSAL,
        names.NEGOTIATION,
    ],
    names.SECOND: [94000011, 94000012, 94000013, 94000014],
}


def seed_world(seed: int, as_of: dt.date | dt.datetime, leads: int, months: int) -> World:
    end = _instant(as_of)
    shop = Shop(seed, end, int(end - months * 30.4 * DAY))
    for at in shop.arrivals(leads):
        shop.add(at)
    add_oddities(shop)
    return World(account("Loja Simulada", shop.start - DAY), shop.tables, seed=seed)


def _instant(as_of: dt.date | dt.datetime) -> int:
    if isinstance(as_of, dt.datetime):
        return int(as_of.timestamp())
    return int(dt.datetime.combine(as_of, dt.time(23, 59, 59), clock.zone()).timestamp())


class Shop:
    """Collects the rows of the account while leads arrive."""

    def __init__(self, seed: int, end: int, start: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.start, self.end = start, end
        self.reasons = [
            {"id": 7700001 + at, "name": name, "sort": at, "created_at": start, "updated_at": start}
            for at, name in enumerate(names.REASONS)
        ]
        self.labels = [
            {"id": 262001 + at, "name": name, "color": None} for at, name in enumerate(("Instagram", "VIP", "Urgente"))
        ]
        self.tables: dict[str, list[Row]] = {
            "users": names.users(),
            "pipelines": names.pipelines(),
            "custom_fields": names.custom_fields(),
            "loss_reasons": self.reasons,
            "tags": self.labels,
            "companies": [],
            **{name: [] for name in ("leads", "contacts", "tasks", "events", "notes")},
        }

    def arrivals(self, count: int) -> list[int]:
        """Instants of creation: rising slowly, in business hours for the most part, fewer at weekends."""
        found: list[int] = []
        while len(found) < count:
            at = self.start + int((self.end - self.start) * self.chance.random() ** 0.85)
            local = dt.datetime.fromtimestamp(at, clock.zone())
            if local.weekday() > 4 and self.chance.random() < 0.6:
                continue
            hour = min(23, max(0, int(self.chance.gauss(14, 4))))
            at = int(local.replace(hour=hour, minute=self.chance.randrange(60)).timestamp())
            found.append(min(at, self.end))
        return sorted(found)

    def add(self, at: int) -> None:
        number, chance = 20100001 + len(self.tables["leads"]), self.chance
        channel, fields, winning = self._channel(at)
        pipeline = names.SECOND if chance.random() < 0.1 else names.MAIN
        product, price = chance.choice(names.PRODUCTS)
        row = lead(number, self._title(number), at, pipeline, STAGES[pipeline][0], self._seller())
        row["price"] = int(price * chance.uniform(0.6, 1.8))
        row["custom_fields_values"] = self._fields(fields, product, channel)
        row["_embedded"]["contacts"] = [{"id": self._contact(number, at), "is_main": True}]
        if channel == "instagram":
            row["_embedded"]["tags"] = [self.labels[0]]
        if channel == "organic":
            row["source_id"], row["_embedded"]["source"] = 15000001, {"id": 15000001, "name": "WhatsApp"}
        self.tables["leads"].append(row)
        self.say(at, "lead_added", number)
        touched = self._talk(row, at)
        self._journey(row, max(at, touched), winning)

    def _channel(self, at: int) -> tuple[str, dict[str, str], float]:
        weights = [share for _name, share, _win, _fields in names.CHANNELS]
        while True:
            name, _share, winning, fields = self.chance.choices(names.CHANNELS, weights)[0]
            late = at > self.end - 21 * DAY
            if not (late and name == names.COLLAPSING and self.chance.random() < 0.9):
                return name, fields, winning

    def _title(self, number: int) -> str:
        if number % 97 == 0:
            return self.chance.choice(names.HOSTILE)
        return f"{self.chance.choice(names.FIRST)} {self.chance.choice(names.LAST)} #{number % 100000}"

    def _seller(self) -> int:
        people = [number for number, _name, _email in names.SELLERS]
        odd = self.chance.random()
        if odd < 0.01:
            return names.DELETED_SELLER
        if odd < 0.03:
            return names.GONE_SELLER
        if odd < 0.05:
            return 0
        return self.chance.choices(people, (5, 4, 4, 3, 2, 1))[0]

    def _fields(self, fields: dict[str, str], product: str, channel: str) -> list[Row] | None:
        if channel == "unknown" and self.chance.random() < 0.5:
            return None
        values = [filled(name, value) for name, value in fields.items()]
        values.append(filled("Produto", product))
        if self.chance.random() < 0.05:
            values.append(filled("Custo", self.chance.choice(("1.234,56", "85.5", "1,234.56"))))
        return values

    def _contact(self, lead_id: int, at: int) -> int:
        number = 30400001 + len(self.tables["contacts"])
        first, last = self.chance.choice(names.FIRST), self.chance.choice(names.LAST)
        phone = self.chance.choice(("+55 11 9", "11 9", "(11) 9")) + f"{self.chance.randrange(10**7, 10**8)}"
        self.tables["contacts"].append(
            {
                "id": number, "name": f"{first} {last}", "first_name": first, "last_name": last,
                "responsible_user_id": 0, "created_by": 0, "created_at": at, "updated_at": at, "is_deleted": False,
                "custom_fields_values": [filled("Telefone", phone), filled("E-mail", f"cliente{number}@example.com")],
                "account_id": 31000001, "_embedded": {"tags": [], "companies": [], "leads": [{"id": lead_id}]},
            }
        )  # fmt: skip
        return number

    def _talk(self, row: Row, at: int) -> int:
        """Messages and calls after the arrival; some recent ones wait in vain. When the shop first answered."""
        chance, number = self.chance, row["id"]
        contact = row["_embedded"]["contacts"][0]["id"]
        message = {"message": {"id": f"m{number}", "talk_id": number % 100000, "origin": "waba"}}
        self.say(at + 30, "incoming_chat_message", contact, entity="contact", after=[message])
        if chance.random() < (0.25 if at > self.end - 5 * DAY else 0.04):
            return at
        answered = at + int(chance.lognormvariate(8.2, 1.4)) + 60
        if chance.random() < 0.25:
            self._call(number, contact, answered, row["responsible_user_id"])
        else:
            self.say(answered, "outgoing_chat_message", number, after=[message], by=row["responsible_user_id"])
        return answered

    def _call(self, lead_id: int, contact: int, at: int, seller: int) -> None:
        """A call is noted at the contact, now and then at the lead as well."""
        if at > self.end:
            return
        params = {
            "uniq": f"pbx-{lead_id}-{at}", "duration": self.chance.randrange(0, 900), "source": "PABX", "link": None,
            "phone": "+5511900000000", "call_result": names.CALLED[lead_id % len(names.CALLED)],
            "call_status": self.chance.choice((4, 4, 6, 3)),
        }  # fmt: skip
        for entity, number in (("contacts", contact), ("leads", lead_id))[: 1 + (lead_id % 5 == 0)]:
            self._note(at, entity, number, "call_out", params, seller)
        self.say(
            at,
            "outgoing_call",
            contact,
            entity="contact",
            after=[{"note": {"id": self.tables["notes"][-1]["id"]}}],
            by=seller,
        )

    def _note(self, at: int, entity: str, number: int, kind: str, params: Row, seller: int) -> None:
        self.tables["notes"].append(
            {
                "id": 414900001 + len(self.tables["notes"]), "entity_id": number, "entity_type": entity,
                "created_by": seller, "updated_by": seller, "created_at": at, "updated_at": at,
                "responsible_user_id": seller, "group_id": 0, "note_type": kind, "params": params,
            }
        )  # fmt: skip

    def _journey(self, row: Row, at: int, winning: float) -> None:
        """Through the stages until it is won, lost, or today has come."""
        chance, stages = self.chance, STAGES[row["pipeline_id"]]
        wins = chance.random() < winning
        last = len(stages) if wins else chance.randrange(1, len(stages) + 1)
        for status in stages[1:last]:
            at += int(chance.lognormvariate(11.6, 1.0))
            if at >= self.end:
                return
            self.move(row, at, status)
            self._task(row, at)
        if not wins and chance.random() < 0.12:
            return  # nobody does anything about it any more
        at += int(chance.lognormvariate(12.2, 0.9))
        if at < self.end:
            self._close(row, at, wins)

    def _close(self, row: Row, at: int, wins: bool) -> None:
        if wins and self.chance.random() < 0.03:
            row["price"] = 0
        self.move(row, at, WON if wins else LOST)
        row["closed_at"] = at
        if not wins and self.chance.random() < 0.9:
            reason = self.chance.choice(self.reasons)
            row["loss_reason_id"] = reason["id"]
            row["_embedded"]["loss_reason"] = [reason] if row["id"] % 2 else reason

    def move(self, row: Row, at: int, status: int, pipeline: int | None = None) -> None:
        before = stage(row)
        row["status_id"], row["pipeline_id"] = status, pipeline or row["pipeline_id"]
        row["updated_at"] = max(row["updated_at"], at)
        self.say(
            at, "lead_status_changed", row["id"], after=[stage(row)], before=[before], by=row["responsible_user_id"]
        )

    def _task(self, row: Row, at: int) -> None:
        """A task for most stages: done in time, done late, or overdue."""
        chance = self.chance
        if chance.random() < 0.35:
            return
        kind = 2 if row["status_id"] == names.MEETING else chance.choice((1, 1, 501))
        due, done = at + chance.randrange(1, 6) * DAY, at + int(chance.uniform(0.2, 7) * DAY)
        completed = done < self.end and chance.random() < 0.85
        number = 7100001 + len(self.tables["tasks"])
        self.tables["tasks"].append(
            {
                "id": number, "created_by": row["responsible_user_id"], "updated_by": 0, "created_at": at,
                "updated_at": done if completed else at, "responsible_user_id": row["responsible_user_id"],
                "entity_id": row["id"], "entity_type": "leads", "duration": 0, "is_completed": completed,
                "task_type_id": kind, "text": "Retornar orçamento", "complete_till": due, "account_id": 31000001,
                "result": {"text": "Conversado"} if completed and number % 2 else [],
            }
        )  # fmt: skip
        if completed:
            self.say(done, "task_completed", number, entity="task", by=row["responsible_user_id"])

    def say(self, at: int, kind: str, number: int, **more: Any) -> None:
        """An event, unless its instant has not come yet."""
        entity = more.pop("entity", "lead")
        if at <= self.end:
            self.tables["events"].append(event(self.chance, at, kind, entity, number, **more))
