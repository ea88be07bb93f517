"""From the rows of files to the neutral records that every CRM brings (`areas/crm/stage.py`)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from farol.areas.crm.channels.compile import GIVEN
from farol.areas.crm.files.mapping import TRACKING, Mapping
from farol.core import clock

CONNECTION = "csv"
WON, LOST = "142", "143"
FIRST_STAGE, LEADS, DEALS = "Lead", "Leads", "Deals"
MIDDAY = dt.time(12)  # a file knows days, not times: no zone or change of clocks moves midday into another day
Row = dict[str, Any]


@dataclass
class Shape:
    """The records of one load, by table of the stage; `last` is the last day that the files speak of."""

    mapping: Mapping
    leads: dict[str, Row] = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    users: dict[str, Row] = field(default_factory=dict)
    stages: dict[str, dict[str, int]] = field(default_factory=dict)
    ends: dict[tuple[str, str], str] = field(default_factory=dict)
    last: dt.date | None = None

    def take(self, users: Iterable[Row], leads: Iterable[Row], deals: Iterable[Row]) -> None:
        for user in users:
            self.users[user["id"]] = _record(user["id"], name=user["name"], team=user["team"], active=True)
        for lead in leads:
            self._lead(lead)
        for deal in sorted(deals, key=_won_first(self.mapping)):
            self._deal(deal)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        yield "pipeline", [_record(name, name=name, sort=n) for n, name in enumerate(self.stages)]
        yield "status", [row for pipeline, found in self.stages.items() for row in self._statuses(pipeline, found)]
        yield "user", list(self.users.values())
        yield "lead", list(self.leads.values())
        yield "event", self.events

    def _lead(self, row: Row) -> None:
        pipeline = self._pipeline(row) if self.mapping.linked else LEADS
        self._stage(pipeline, FIRST_STAGE)
        number = row["id"] if self.mapping.linked else f"lead-{row['id']}"
        self.leads[number] = _record(
            number,
            name=row["name"] or "",
            status="open",
            pipeline_id=pipeline,
            status_id=FIRST_STAGE,
            created_at=self._instant(row["created"]),
            counts=True,
            **self._common(row),
        )

    def _deal(self, row: Row) -> None:
        """A deal of a lead that no other deal took is that lead's outcome; any other stands for itself."""
        lead = self.leads.get(row["lead"] or "") if self.mapping.linked else None
        if lead is None or lead["status"] != "open":
            lead = self._alone(row)
        pipeline, outcome = self._pipeline(row), outcome_of(self.mapping, row["stage"])
        status = {"won": WON, "lost": LOST}.get(outcome) or str(row["stage"])
        created, closed = lead["created_at"], self._instant(row["closed"]) if outcome != "open" else None
        values = {"pipeline_id": pipeline, "status_id": status, "status": outcome, "closed_at": closed}
        values |= {"price_centavos": row["value"], "loss_reason": row["loss_reason"]}
        lead |= values | {k: v for k, v in self._common(row).items() if v is not None}
        self._stage(pipeline, status if outcome == "open" else self._before(lead))
        if outcome != "open":
            self.ends.setdefault((pipeline, status), str(row["stage"]))
        if closed is not None:
            self.events.append(self._closing(lead, status, max(created, closed)))

    def _alone(self, row: Row) -> Row:
        number = f"deal-{row['id']}" if self.mapping.linked else row["id"]
        created = self._instant(row["created"] or row["closed"])
        counts = "leads" not in self.mapping.tables
        lead = _record(number, name=row["name"] or row["id"], created_at=created, counts=counts)
        self.leads[number] = lead
        return lead

    def _closing(self, lead: Row, status: str, at: int) -> Row:
        """The move that closed the deal, so that its history is read like that of any other."""
        pipeline = lead["pipeline_id"]
        return _record(
            f"{lead['id']}:closed",
            type="lead_status_changed",
            entity_type="lead",
            entity_id=lead["id"],
            lead_id=lead["id"],
            created_at=at,
            from_pipeline=pipeline,
            from_status=self._before(lead),
            to_pipeline=pipeline,
            to_status=status,
        )

    def _before(self, lead: Row) -> str:
        """The stage a closed deal was in: of a lead the first one, else the first open word of the mapping."""
        opened = self.mapping.status["open"]
        return FIRST_STAGE if (self.mapping.linked and lead["counts"]) or not opened else opened[0]

    def _common(self, row: Row) -> Row:
        person = row["responsible"]
        if person and person not in self.users:
            self.users[person] = _record(person, name=person, team="", active=True)
        channel = self.mapping.channel.get(row["source"] or "")
        found = {"responsible_id": person, "source_name": row["source"], "product": row["product"]}
        found["source_id"] = f"{GIVEN}{channel}" if channel else None
        found |= {"cost_centavos": row["cost"], "tags": _tags(row["tags"])}
        return found | {name: row[name] for name in TRACKING}

    def _pipeline(self, row: Row) -> str:
        return str(row.get("pipeline") or self.mapping.constants.get("pipeline") or DEALS)

    def _stage(self, pipeline: str, stage: str) -> None:
        found = self.stages.setdefault(pipeline, {})
        found.setdefault(stage, len(found))

    def _statuses(self, pipeline: str, stages: dict[str, int]) -> Iterator[Row]:
        words = self.mapping.status
        order = {word: n for n, word in enumerate(words["open"], 1)}  # as the mapping has them, else as they came
        ended = [
            (status, self.ends.get((pipeline, status)) or (words[outcome] or (label,))[0], sort)
            for status, outcome, label, sort in ((WON, "won", "Won", 10_000), (LOST, "lost", "Lost", 11_000))
        ]
        for status, name, sort in [*((stage, stage, order.get(stage, n)) for stage, n in stages.items()), *ended]:
            kind = int(status) if status in (WON, LOST) else 0
            yield _record(
                f"{pipeline}:{status}", pipeline_id=pipeline, status_id=status, name=name, sort=sort, kind=kind
            )

    def _instant(self, day: dt.date) -> int:
        self.last = max(self.last or day, day)
        return int(dt.datetime.combine(day, MIDDAY, clock.zone()).timestamp())


def end_of(day: dt.date) -> int:
    """The instant after the last of a local day."""
    return int(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.zone()).timestamp())


def outcome_of(mapping: Mapping, stage: str) -> str:
    return next((outcome for outcome in ("won", "lost") if stage in mapping.status[outcome]), "open")


def _tags(text: str | None) -> str | None:
    """Words between commas, as a list in JSON."""
    if not text:
        return None
    return json.dumps([tag.strip() for tag in text.split(",") if tag.strip()], ensure_ascii=False)


def _won_first(mapping: Mapping) -> Any:
    """Of several deals of one lead the won one is its outcome, else the latest."""

    def key(row: Row) -> tuple[int, dt.date, str]:
        place = ("won", "open", "lost").index(outcome_of(mapping, row["stage"]))
        return place, row["closed"] or row["created"] or dt.date.max, row["id"]

    return key


def _record(number: str, **values: Any) -> Row:
    """Files say nothing about when a record changed: what is loaded last counts."""
    return {"connection_id": CONNECTION, "id": number, **values}
