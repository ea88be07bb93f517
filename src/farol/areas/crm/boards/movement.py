"""What happened to the open deals between the ends of two days: opening value, what came, changed and went, closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.boards.records import Record, Records
from farol.engines.metrics import Period

STEPS = {
    "new": _("New leads"),
    "reopened": _("Reopened"),
    "moved_in": _("Moved in"),
    "changed": _("Value changed"),
    "won": _("Won"),
    "lost": _("Lost"),
    "moved_out": _("Moved out"),
    "deleted": _("Deleted"),
}
OPEN_VALUE = """
SELECT COALESCE(SUM(value_centavos), 0) AS amount, COUNT(*) AS leads FROM pipeline_state
WHERE from_day <= ? AND to_day >= ? AND status = 'open' AND {seen}
"""
# One line a lead: its state at the end of the first day (open ones only) and at the end of the last, where it was not
# the same all along. `seen` says whether it was then among what the person may see and has filtered.
CHANGED = """
SELECT connection_id, lead_id, 1 AS leads, MAX(old_here) AS old_here, MAX(old_seen) AS old_seen,
    MAX(old_value) AS old_value, MAX(old_name) AS old_name, MAX(old_seller) AS old_seller,
    MAX(new_here) AS new_here, MAX(new_seen) AS new_seen, MAX(new_value) AS new_value, MAX(new_name) AS new_name,
    MAX(new_seller) AS new_seller, MAX(new_status) AS new_status,
    CASE WHEN MAX(created_day) >= ? AND MAX(created_day) <= ? THEN 1 ELSE 0 END AS is_new,
    CASE WHEN MAX(old_value) = MAX(new_value) THEN 0 ELSE 1 END AS differs
FROM (
    SELECT connection_id, lead_id, 1 AS old_here, CASE WHEN {seen} THEN 1 ELSE 0 END AS old_seen,
        COALESCE(value_centavos, 0) AS old_value, name AS old_name, responsible AS old_seller, 0 AS new_here,
        0 AS new_seen, NULL AS new_value, NULL AS new_name, NULL AS new_seller, NULL AS new_status, created_day
    FROM pipeline_state WHERE from_day <= ? AND to_day >= ? AND to_day < ? AND status = 'open'
    UNION ALL
    SELECT connection_id, lead_id, 0 AS old_here, 0 AS old_seen, NULL AS old_value, NULL AS old_name,
        NULL AS old_seller, 1 AS new_here, CASE WHEN {seen} THEN 1 ELSE 0 END AS new_seen,
        COALESCE(value_centavos, 0) AS new_value, name AS new_name, responsible AS new_seller,
        status AS new_status, created_day
    FROM pipeline_state WHERE from_day > ? AND from_day <= ? AND to_day >= ?
) AS sides
GROUP BY connection_id, lead_id
HAVING NOT (MAX(old_seen) = 1 AND MAX(new_seen) = 1 AND MAX(new_status) = 'open'
    AND MAX(old_value) = MAX(new_value)) AND (MAX(old_seen) = 1 OR MAX(new_seen) = 1)
"""
# Leads that take the same steps as one line.
TOGETHER = """
SELECT old_here, old_seen, new_here, new_seen, new_status, is_new, differs, COUNT(*) AS leads,
    SUM(old_value) AS old_value, SUM(new_value) AS new_value
FROM ({changed}) AS leads
GROUP BY old_here, old_seen, new_here, new_seen, new_status, is_new, differs
""".replace("{changed}", CHANGED)


@dataclass(frozen=True)
class Part:
    """What one lead adds to a step, in centavos; name and seller as the person saw them last."""

    connection_id: str
    lead_id: str
    name: str
    seller: str
    amount: int


@dataclass
class Step:
    """One bar: what it adds to the value of the open deals, in centavos, by how many leads; each of them in `parts`
    where they were asked for."""

    name: str
    leads: int = 0
    amount: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(STEPS[self.name])

    def add(self, row: Record, amount: int) -> None:
        self.leads += int(row["leads"])
        self.amount += amount
        if "lead_id" in row:
            side = "new" if row["new_seen"] else "old"
            part = Part(row["connection_id"], row["lead_id"], row[f"{side}_name"], row[f"{side}_seller"], amount)
            self.parts.append(part)


@dataclass(frozen=True)
class Movement:
    """`opening` + the amounts of `steps` = `closing`, to the centavo; the values are those of the open deals at the end
    of the day before the period and of its last day."""

    period: Period
    opening: int
    opening_leads: int
    steps: list[Step]
    closing: int
    closing_leads: int


def movement(records: Records, period: Period) -> Movement:
    """What moved the value of the open deals in a period."""
    before, last = period.start - dt.timedelta(days=1), period.end
    (opening,), (closing,) = records.ask(OPEN_VALUE, before, before), records.ask(OPEN_VALUE, last, last)
    return Movement(
        period,
        int(opening["amount"]),
        int(opening["leads"]),
        steps_of(_changed(records, TOGETHER, period)),
        int(closing["amount"]),
        int(closing["leads"]),
    )


def steps_with_leads(records: Records, period: Period) -> list[Step]:
    """The steps with each of their leads, the largest amount first."""
    steps = steps_of(_changed(records, CHANGED, period))
    for step in steps:
        step.parts.sort(key=lambda part: (-abs(part.amount), part.lead_id))
    return steps


def _changed(records: Records, template: str, period: Period) -> list[Record]:
    before, last = period.start - dt.timedelta(days=1), period.end
    return records.ask(template, period.start, last, before, before, last, before, last, last)


def steps_of(rows: Iterable[Record]) -> list[Step]:
    """Every step, in the order of `STEPS`, with the leads of `CHANGED` or `TOGETHER` taken apart.

    A lead that was open enters with nothing; one that was not enters with its value at the end. What was won or lost
    leaves with the value it had then, and the difference to what it was opened with is a change of value; a lead that
    came and was closed within the period therefore stands in two bars that cancel out.
    """
    steps = {name: Step(name) for name in STEPS}
    for row in rows:
        for name, amount in _moves(row):
            steps[name].add(row, amount)
    return list(steps.values())


def _moves(row: Record) -> list[tuple[str, int]]:
    was_open, is_seen = bool(row["old_seen"]), bool(row["new_seen"])
    before, after = int(row["old_value"] or 0), int(row["new_value"] or 0)
    if was_open and not is_seen:
        return [("moved_out" if row["new_here"] else "deleted", -before)]
    is_open = row["new_status"] == "open"
    entered = "" if was_open else _entry(row, is_open)
    if not was_open and not entered:
        return []
    moves = [("changed", after - before)] if was_open and row["differs"] else []
    moves += [(entered, after)] if entered else []
    return moves if is_open else [*moves, (row["new_status"], -after)]


def _entry(row: Record, is_open: bool) -> str:
    """How a lead came that was not among the open ones; nothing for a closed one that only was edited."""
    if row["is_new"]:
        return "new"
    if row["old_here"]:
        return "moved_in"
    return "reopened" if is_open else ""
