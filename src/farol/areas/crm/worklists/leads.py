"""Open leads that somebody should act on: those nobody touched for long, and those that wait for an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from farol.areas.crm.boards.records import Record, Records, open_records
from farol.core.money import from_centavos
from farol.engines.metrics import Period, Query, run
from farol.engines.warehouse.sql import Sql, compose
from farol.platform.accounts.principal import SYSTEM, Principal

STALE_DAYS = 14
LEAST_STALE_DAYS = 3
USUAL_DAYS = 365
LISTED = """
SELECT connection_id, lead_id, name, responsible_id, responsible, channel, pipeline, stage, value_centavos, created_at,
    first_response_at, last_touch_at, last_inbound_at, tasks_open
FROM lead WHERE status = 'open' AND {condition} AND {seen} ORDER BY created_at, lead_id
"""
COUNTED = "SELECT COUNT(*) AS leads FROM lead WHERE status = 'open' AND {condition} AND {seen}"
STALE = Sql("COALESCE(last_touch_at, created_at) < ?")
UNANSWERED = Sql("(first_response_at IS NULL OR last_inbound_at >= last_touch_at)")
ONE = Sql("connection_id = ? AND lead_id = ?")


@dataclass(frozen=True)
class LeadRow:
    """A lead of a work list. `days` is for how long it has waited at the data's end, `pk` what a form sends back."""

    connection_id: str
    lead_id: str
    name: str
    responsible_id: str
    responsible: str
    channel: str
    pipeline: str
    stage: str
    value: Decimal | None
    since: dt.datetime
    days: int
    tasks_open: int

    @property
    def pk(self) -> str:
        return f"{self.connection_id}:{self.lead_id}"


def stale(principal: Principal, rule: str) -> list[LeadRow]:
    """Open leads without any contact for longer than `rule` says: a number of days, or `stage` for twice the median
    time that leads of their stage stay in it."""
    usual = _usual_days() if rule == "stage" else {}
    with open_records(principal) as records:
        least = LEAST_STALE_DAYS if rule == "stage" else int(rule)
        found = records.ask(_query(LISTED, STALE), records.end - dt.timedelta(days=least))
        rows = [_row(records, record, record["last_touch_at"] or record["created_at"]) for record in found]
    if rule != "stage":
        return rows
    return [row for row in rows if row.days >= max(LEAST_STALE_DAYS, usual.get((row.pipeline, row.stage), STALE_DAYS))]


def _usual_days() -> dict[tuple[str, str], float]:
    """Twice the median stay in each stage, in days, of everybody's leads: a threshold, told to nobody by itself."""
    with open_records(SYSTEM) as records:
        last = records.reader.complete_until
    if last is None:
        return {}
    period = Period(last - dt.timedelta(days=USUAL_DAYS), last)
    answer = run(Query("stages", ["hours_in_stage_median"], ["pipeline", "stage"], period=period), SYSTEM)
    return {
        (row["pipeline"], row["stage"]): float(row["hours_in_stage_median"]) / 12
        for row in answer.rows
        if row["hours_in_stage_median"] is not None
    }


def unanswered(principal: Principal) -> list[LeadRow]:
    """Open leads that nobody answered yet, or whose customer wrote last."""
    with open_records(principal) as records:
        return [_row(records, record, _waits_since(record)) for record in records.ask(_query(LISTED, UNANSWERED))]


def _waits_since(record: Record) -> dt.datetime:
    since: dt.datetime = record["last_inbound_at"] if record["first_response_at"] else record["created_at"]
    return since


def find(principal: Principal, key: str) -> LeadRow | None:
    """The open lead of a posted key, if the person may see it."""
    connection_id, _colon, lead_id = key.partition(":")
    with open_records(principal) as records:
        found = records.ask(_query(LISTED, ONE), connection_id, lead_id)
        return _row(records, found[0], found[0]["last_touch_at"] or found[0]["created_at"]) if found else None


def _row(records: Records, record: Record, since: dt.datetime) -> LeadRow:
    texts = ("connection_id", "lead_id", "name", "responsible_id", "responsible", "channel", "pipeline", "stage")
    values: dict[str, Any] = {name: record[name] for name in texts}
    centavos = record["value_centavos"]
    return LeadRow(
        **values,
        value=None if centavos is None else from_centavos(centavos),
        since=since.replace(tzinfo=dt.UTC),
        days=max(0, (records.end - since).days),
        tasks_open=record["tasks_open"],
    )


def counts(principal: Principal) -> tuple[int, int]:
    """How many leads nobody touched for `STALE_DAYS`, and how many wait for an answer."""
    with open_records(principal) as records:
        before = records.end - dt.timedelta(days=STALE_DAYS)
        (old,), (waiting,) = records.ask(_query(COUNTED, STALE), before), records.ask(_query(COUNTED, UNANSWERED))
    return old["leads"], waiting["leads"]


def _query(template: str, condition: Sql) -> Sql:
    return compose(template, condition=condition, seen=Sql("{seen}"))
