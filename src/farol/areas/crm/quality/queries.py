"""What the page of data health shows: every check with its last result, the records behind it, and the scores."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from farol.areas.crm.boards.links import kommo_page, lead_page
from farol.areas.crm.boards.records import open_records
from farol.areas.crm.channels.rules import UNCLASSIFIED
from farol.areas.crm.models import QualityRun
from farol.engines.warehouse import Check, Dataset, Finding, find_dataset, sentence
from farol.platform.accounts.principal import SYSTEM, Principal

SCORED_DAYS = 30
ANSWER_SECONDS = 86_400
URGENT, IMPROVE = 40, 70
SCORES = """
    SELECT count(*) AS leads, count(CASE WHEN utm_source = '' THEN 1 END) AS no_utm,
        count(CASE WHEN channel = ? THEN 1 END) AS unclassified,
        count(CASE WHEN response_seconds > ? OR response_seconds IS NULL THEN 1 END) AS late FROM lead
    WHERE counts AND created_day BETWEEN ? AND ?
"""
RECORDS = """
    SELECT connection_id, lead_id, responsible, day, detail FROM fault WHERE {seen} AND check_name = ?
    ORDER BY day DESC, lead_id LIMIT 200
"""
FAULTS = (
    "closed_before_created",
    "won_without_value",
    "no_responsible",
    "no_source",
    "history_gap",
    "unknown_stage",
    "closing_differs",
)


@dataclass(frozen=True)
class State:
    """A check as it stands: `passed` is None where it was never asked; `since` is when it began not to hold."""

    name: str
    label: Any
    hard: bool
    passed: bool | None
    at: dt.datetime | None
    since: dt.datetime | None
    sentence: str
    records: bool
    params: dict[str, Any] = field(default_factory=dict)
    remedy: Any = ""


@dataclass(frozen=True)
class Score:
    """A share in percent of the leads of the last thirty days; from `critical` on it is bad."""

    label: str
    share: float
    critical: int

    @property
    def bad(self) -> bool:
        return self.share > self.critical


@dataclass(frozen=True)
class Scores:
    """The seed's three shares, and the mean of their complements (0 to 100)."""

    leads: int
    parts: list[Score]

    @property
    def overall(self) -> float:
        return sum(100 - part.share for part in self.parts) / len(self.parts)

    @property
    def tone(self) -> str:
        return "danger" if self.overall < URGENT else "warning" if self.overall < IMPROVE else "success"


@dataclass(frozen=True)
class Record:
    """A record that somebody can mend."""

    name: str
    seller: str
    day: dt.date | None
    page: str
    outside: str


def states() -> list[State]:
    """Every check of the dataset, those that do not hold first."""
    dataset = find_dataset("crm")
    found = [_state(dataset, check) for check in dataset.checks]
    return sorted(found, key=lambda state: (state.passed is not False, not state.hard))


def _state(dataset: Dataset, check: Check) -> State:
    name, label, hard = check.name, check.label, check.hard
    runs = QualityRun.objects.filter(check_name=name)
    last = runs.first()
    if last is None or last.passed:
        at = last.at if last else None
        return State(name, label, hard, last.passed if last else None, at, None, "", False)
    held = runs.filter(passed=True).first()
    failing = runs.filter(passed=False, pk__gt=held.pk if held else 0).last()
    since, text = failing.at if failing else last.at, sentence(dataset, Finding(name, last.params, hard))
    return State(name, label, hard, False, last.at, since, text, name in FAULTS, last.params, check.remedy)


def records(check: str, principal: Principal) -> list[Record]:
    """The newest records that a check found in the published version, of those that the person may see."""
    if check not in FAULTS or not principal.may("dashboard.commercial"):
        return []
    with open_records(principal) as found:
        rows = found.ask(RECORDS, check)
    return [
        Record(row["detail"], row["responsible"], row["day"], lead_page(*_key(row)), kommo_page(*_key(row)))
        for row in rows
    ]


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["connection_id"], row["lead_id"]


def scores() -> Scores | None:
    """Of the last thirty whole days; None without leads in them."""
    with open_records(SYSTEM) as found:
        last = found.reader.complete_until
        if last is None:
            return None
        first = last - dt.timedelta(days=SCORED_DAYS - 1)
        row = found.ask(SCORES, UNCLASSIFIED, ANSWER_SECONDS, first, last)[0]
    leads, no_utm, unclassified, late = row["leads"], row["no_utm"], row["unclassified"], row["late"]
    if not leads:
        return None
    parts = [(_("Without utm_source"), no_utm, 90), (_("Without a channel"), unclassified, 50)]
    parts.append((_("Not answered within 24 hours"), late, 30))
    return Scores(leads, [Score(label, 100 * count / leads, critical) for label, count, critical in parts])
