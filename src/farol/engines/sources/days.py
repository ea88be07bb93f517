"""Completeness: for each local day, are the records that were created then here as they are at the source?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from farol.core import clock
from farol.engines.sources.models import SourceDay
from farol.engines.sources.session import Session
from farol.engines.sources.source import Entity
from farol.engines.sources.storing import LEASE_WAIT, Tally
from farol.engines.warehouse import Dataset, Stage, open_stage
from farol.engines.warehouse.sql import Sql, compose, ident, literal

CHUNK = dt.timedelta(days=60)
RECENT = 35
Sums = tuple[int, int | None]


@dataclass
class Look:
    """What the source has, by local day: ids and the sum of the amounts."""

    ids: dict[dt.date, set[str]] = field(default_factory=dict)
    amounts: dict[dt.date, int | None] = field(default_factory=dict)

    def sums(self, day: dt.date) -> Sums:
        return len(self.ids.get(day, ())), self.amounts.get(day)

    @property
    def all_ids(self) -> set[str]:
        return set().union(*self.ids.values())


class Comparison:
    """Compares one entity with its source, mends what differs, and looks once more where it still does."""

    def __init__(self, dataset: Dataset, session: Session, entity: Entity, tally: Tally) -> None:
        self._dataset, self._session, self._entity, self._tally = dataset, session, entity, tally
        self.gaps: list[dict[str, Any]] = []

    def compare(self, first: dt.date, last: dt.date) -> None:
        """Every day of the range. `SourceDay` says how each stands afterwards; `gaps` has those that differ."""
        while first <= last:
            end = min(last, first + CHUNK)
            self._chunk(first, end)
            first = end + dt.timedelta(days=1)

    def _chunk(self, first: dt.date, last: dt.date) -> None:
        before = self._ours(first, last)
        look = self._look(first, last)
        healed = {day for day in look.ids if before.get(day, (0, None)) != look.sums(day)}
        differing = self._differing(first, last, look)
        if differing:
            # absent in one look may be a fault of the look; absent in two is gone
            again = self._look(min(differing), max(differing))
            self._drop(min(differing), max(differing), look.all_ids | again.all_ids)
            for day in _days(min(differing), max(differing)):
                look.ids[day], look.amounts[day] = again.ids.get(day, set()), again.amounts.get(day)
            healed |= differing
            differing = self._differing(first, last, look)
        self._keep(first, last, look, healed, differing)

    def _look(self, first: dt.date, last: dt.date) -> Look:
        """Read the days anew and take in what is missing or older here."""
        assert self._entity.reconcile is not None  # noqa: S101 - only entities that have it are compared
        look = Look()
        for batch in self._entity.reconcile(self._session, first, last):
            rows = batch.rows.get(self._entity.table, [])
            for row in rows:
                self._count(look, row)
            self._tally.complain(batch.problems)
            with open_stage(self._dataset, wait=LEASE_WAIT, clean=False) as stage, stage.transaction():
                for table, found in batch.rows.items():
                    merged = stage.upsert(table, [row | {"run": self._session.run} for row in found])
                    self._tally.new += merged.new
                    self._tally.changed += merged.changed
                raw = [(self._session.connection, *record) for record in batch.raw]
                if raw:
                    stage.keep_raw(self._entity.name, raw, self._session.run)
        return look

    def _count(self, look: Look, row: dict[str, Any]) -> None:
        day = local_day(row[self._entity.instant])
        if row["id"] in look.ids.setdefault(day, set()) or row.get("deleted"):
            return
        look.ids[day].add(row["id"])
        amount = row.get(self._entity.amount) if self._entity.amount else None
        if amount is not None:
            look.amounts[day] = (look.amounts.get(day) or 0) + amount

    def _differing(self, first: dt.date, last: dt.date, look: Look) -> set[dt.date]:
        ours = self._ours(first, last)
        return {day for day in _days(first, last) if ours.get(day, (0, None)) != look.sums(day)}

    def _ours(self, first: dt.date, last: dt.date) -> dict[dt.date, Sums]:
        entity = self._entity
        with self._stage() as stage:
            sums = stage.day_sums(entity.table, self._session.connection, entity.instant, entity.amount)
        return {day: found for day, found in sums.items() if first <= day <= last}

    def _drop(self, first: dt.date, last: dt.date, known: set[str]) -> None:
        begin, end = midnight(first), midnight(last + dt.timedelta(days=1))
        column = ident(self._entity.instant)
        inside = compose("{c} >= {a} AND {c} < {b}", c=column, a=literal(begin), b=literal(end))
        with self._stage() as stage:
            gone = stage.ids(self._entity.table, self._session.connection, Sql(inside)) - known
            if gone:
                count = stage.mark_deleted(self._entity.table, self._session.connection, gone, self._session.run)
                self._tally.deleted += count

    def _stage(self) -> Any:
        return open_stage(self._dataset, wait=LEASE_WAIT, clean=False)

    def _keep(self, first: dt.date, last: dt.date, look: Look, healed: set[dt.date], differing: set[dt.date]) -> None:
        ours, now = self._ours(first, last), clock.now()
        same = {"source": self._session.source, "connection": self._session.connection, "entity": self._entity.name}
        known = set(SourceDay.objects.filter(**same, day__range=(first, last)).values_list("day", flat=True))
        rows = []
        for day in sorted(known | set(ours) | set(look.ids) | differing):
            (count, amount), (theirs, their_amount) = ours.get(day, (0, None)), look.sums(day)
            state = "gap" if day in differing else "healed" if day in healed else "complete"
            sums = {"rows": count, "amount": amount, "source_rows": theirs, "source_amount": their_amount}
            rows.append(SourceDay(**same, day=day, **sums, state=state, checked_at=now))
            if state == "gap":
                gap = {"entity": self._entity.name, "day": day.isoformat(), "rows": count, "source_rows": theirs}
                self.gaps.append(gap)
        fields = ["rows", "amount", "source_rows", "source_amount", "state", "checked_at"]
        unique = ["source", "connection", "entity", "day"]
        SourceDay.objects.bulk_create(
            rows, update_conflicts=True, update_fields=fields, unique_fields=unique, batch_size=200
        )


def ranges(
    stage: Stage, connection: str, entity: Entity, *, full: bool, deep: bool
) -> Iterator[tuple[dt.date, dt.date]]:
    """Which days to compare: all of them after a full load; once a day the last 35 and 35 older ones, another stretch
    each day; otherwise yesterday and today."""
    today = clock.today()
    if not full and not deep:
        yield today - dt.timedelta(days=1), today
        return
    days = stage.day_sums(entity.table, connection, entity.instant, None)
    oldest = min(days, default=today)
    recent = today - dt.timedelta(days=RECENT - 1)
    if full:
        yield min(oldest, today), today
        return
    yield recent, today
    stretches = (recent - oldest).days // RECENT + 1
    if oldest < recent:
        begin = oldest + dt.timedelta(days=RECENT * (today.toordinal() % stretches))
        yield begin, min(begin + dt.timedelta(days=RECENT - 1), recent - dt.timedelta(days=1))


def local_day(instant: int) -> dt.date:
    return clock.local(dt.datetime.fromtimestamp(instant, dt.UTC)).date()


def midnight(day: dt.date) -> int:
    """The first instant of a local day, in unix seconds."""
    return int(dt.datetime.combine(day, dt.time(), clock.zone()).timestamp())


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
