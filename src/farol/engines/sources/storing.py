"""Takes batches into the stage: rows, raw records, deletions and the cursor that describes them in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from farol.core.errors import FarolError
from farol.engines.sources.fetching import Ended
from farol.engines.sources.source import Batch, Entity, Problem
from farol.engines.warehouse import Dataset, Merged, Stage, open_stage

ROWS, SECONDS = 2000, 5.0
LEASE_WAIT = 600.0  # a publication of much data takes minutes
MOST_PROBLEMS = 200


@dataclass
class Tally:
    """What a run did with an entity. `state`: running, done, failed, absent or stopped. `rows`: how many there are
    now, where they were counted."""

    state: str = "running"
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    done: int = 0
    total: int = 0
    rows: int | None = None
    problems: list[dict[str, str]] = field(default_factory=list)
    error: dict[str, str] | None = None

    def add(self, merged: Merged) -> None:
        self.new += merged.new
        self.changed += merged.changed
        self.unchanged += merged.unchanged
        self.deleted += merged.deleted

    def complain(self, problems: Iterable[Problem]) -> None:
        self.problems += [asdict(p) | {"text": str(p.text)} for p in problems]
        del self.problems[MOST_PROBLEMS:]

    def fail(self, error: FarolError) -> None:
        self.state, self.error = "failed", {"code": error.code, "detail": str(error.detail)}

    def settle(self, entity: Entity) -> None:
        """Done, unless a record came in another shape than agreed."""
        self.state = "failed" if self.problems else "done"
        if self.problems:
            first = self.problems[0]
            detail = f"{entity.label} {first['record_id']}: {first['field']}: {first['text']}"
            self.error = {"code": "contract", "detail": detail}

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name not in ("done", "total")}


class Store:
    """Collects batches and writes them now and then, so that nobody else waits long for the stage.

    `again` is set once everything was read: from then on records are read anew, and only what that changes counts.
    """

    def __init__(self, dataset: Dataset, source: str, connection: str, run: int) -> None:
        self.tallies: dict[str, Tally] = {}
        self.again = False
        self._dataset, self._source, self._connection, self._run = dataset, source, connection, run
        self._waiting: dict[str, list[Batch]] = {}
        self._rows, self._since = 0, time.monotonic()

    def take(self, entity: Entity, item: Batch | Ended) -> bool:
        """Keep a batch, or how the walk ended; True when something was written."""
        tally = self.tallies.setdefault(entity.name, Tally())
        if isinstance(item, Ended):
            self.flush()
            self._end(entity, tally, item)
            return True
        self._waiting.setdefault(entity.name, []).append(item)
        self._rows += sum(map(len, item.rows.values())) + len(item.raw)
        if self._rows >= ROWS or time.monotonic() - self._since >= SECONDS:
            self.flush()
            return True
        return False

    def flush(self) -> None:
        if self._waiting:
            with self.stage() as stage:
                self.flush_into(stage)

    def flush_into(self, stage: Stage) -> None:
        """Write what waits, in one transaction."""
        waiting, self._waiting = self._waiting, {}
        self._rows, self._since = 0, time.monotonic()
        with stage.transaction():
            for name, batches in waiting.items():
                self._write(stage, name, batches)

    def stage(self) -> AbstractContextManager[Stage]:
        return open_stage(self._dataset, wait=LEASE_WAIT, clean=False)

    def _write(self, stage: Stage, entity: str, batches: list[Batch]) -> None:
        tally = self.tallies[entity]
        rows: dict[str, list[dict[str, Any]]] = {}
        gone: dict[str, list[str]] = {}
        for batch in batches:
            for table, found in batch.rows.items():
                rows.setdefault(table, []).extend(row | {"run": self._run} for row in found)
            for table, ids in batch.deleted.items():
                gone.setdefault(table, []).extend(ids)
            tally.done, tally.total = batch.done or tally.done, batch.total or tally.total
            tally.complain(batch.problems)
        for table, found in rows.items():
            merged = stage.upsert(table, found)
            tally.add(replace(merged, unchanged=0) if self.again else merged)
            tally.read += 0 if self.again else len(found)
        raw = [(self._connection, *record) for batch in batches for record in batch.raw]
        if raw:
            stage.keep_raw(entity, raw, self._run)
        for table, ids in gone.items():
            tally.deleted += stage.mark_deleted(table, self._connection, ids, self._run)
        cursors = [batch.cursor for batch in batches if batch.cursor is not None]
        if cursors and not tally.problems:  # a cursor never moves past a record that was left out
            stage.set_cursor(self._source, self._connection, entity, cursors[-1])

    def _end(self, entity: Entity, tally: Tally, ended: Ended) -> None:
        if ended.absent:
            tally.state = "absent"
        elif ended.error:
            tally.fail(ended.error)
            tally.complain(getattr(ended.error, "problems", ()))
        else:
            tally.settle(entity)
