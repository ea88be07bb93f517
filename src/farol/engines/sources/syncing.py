"""One run of a sync, from the cursors to the published version."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import FarolError, Unavailable
from farol.engines.sources import stands
from farol.engines.sources.days import Comparison, local_day, midnight
from farol.engines.sources.errors import SourceError
from farol.engines.sources.fetching import Walk, walked
from farol.engines.sources.loader import Progress
from farol.engines.sources.models import LoadRun
from farol.engines.sources.runs import version_name
from farol.engines.sources.session import Session
from farol.engines.sources.source import Entity, Source
from farol.engines.sources.storing import Store
from farol.engines.warehouse import (
    DISK_ERRORS,
    CheckFailed,
    Version,
    current_version,
    find_dataset,
    open_stage,
    publish,
)
from farol.platform import audit
from farol.platform.accounts.principal import Principal

log = logging.getLogger(__name__)
Cursors = dict[str, dict[str, Any] | None]
_COUNTS = ("read", "new", "changed", "unchanged", "deleted")


class Incomplete(SourceError):
    """Days at the source hold other records than here, twice looked."""

    code = "gap"


@dataclass
class SyncOutcome:
    """How a sync went; `status` is done, unchanged or failed, `error` None or `{"code", "detail"}`."""

    run: str
    source: str
    status: str
    data_version: str | None
    complete_until: str | None
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_deleted: int = 0
    requests: int = 0
    seconds: float = 0.0
    entities: dict[str, Any] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    error: dict[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Sync:
    """One run."""

    def __init__(
        self,
        source: Source,
        run: LoadRun,
        full: bool,
        since: dt.date | None,
        accepted: Sequence[str],
        progress: Progress,
    ) -> None:
        self.source, self.run, self.full, self.since = source, run, full, since
        self.accepted, self.progress = accepted, progress
        self.dataset = find_dataset(source.dataset)
        self.store = Store(self.dataset, source.name, source.connection, run.pk)
        self.began, self.until = time.monotonic(), clock.now()
        self.pending, self.deep = False, False

    def go(self) -> SyncOutcome:
        self._begin()
        try:
            version = self._loaded()
        except FarolError as error:
            self._keep()
            return self._end("failed", error)
        except DISK_ERRORS as error:
            log.exception("load %s stopped", self.run.pk)
            self._keep()
            return self._end("failed", _unwritten(error))
        except BaseException:
            self._keep()
            self._end("failed", interrupted())
            raise
        self._keep()
        return self._end("done" if version else "unchanged", None)

    def _begin(self) -> None:
        close_interrupted(self.source)
        run = self.run
        run.status, run.started_at, run.beat_at, run.full = LoadRun.Status.RUNNING, self.until, self.until, self.full
        run.save()

    def _loaded(self) -> Version | None:
        """The new version; None where nothing changed and the published one is still complete."""
        cursors = self._opened()
        session = self._session()
        try:
            self._walk(session, cursors)
            self._compare(session)
        finally:
            self.run.requests, self.run.waited = session.http.requests, session.http.waited
            session.http.close()
        return self._published()

    def _opened(self) -> Cursors:
        """From here on nothing is published until this load, or a later one, has ended well."""
        with open_stage(self.dataset) as stage:
            self.pending = stage.dirty is not None or bool(stage.mark("wanted"))
            self.deep = stage.mark(self._deep_mark) != clock.today().isoformat()
            stage.set_dirty(self.run.pk)
            names = [entity.name for entity in self.source.entities]
            return {name: stage.cursor(self.source.name, self.source.connection, name) for name in names}

    def _session(self) -> Session:
        session = self.source.session(self.source.connection)
        session.run, session.since = self.run.pk, midnight(self.since) if self.since else None
        return session

    def _walk(self, session: Session, cursors: Cursors) -> None:
        for phase, at_once in ((0, 1), (1, self.source.parallel())):
            entities = [entity for entity in self.source.entities if entity.phase == phase]
            walks = [self._walk_of(entity, session, cursors) for entity in entities]
            with closing(walked(walks, session, at_once=at_once)) as items:
                for walk, item in items:
                    if self.store.take(walk.entity, item):
                        tally = self.store.tallies[walk.entity.name]
                        self._tell("fetch", walk.entity, tally.done, tally.total)
            self.store.flush()
            self._raise_first()

    def _walk_of(self, entity: Entity, session: Session, cursors: Cursors) -> Walk:
        cursor = None if self.full else cursors[entity.name]
        return Walk(entity, partial(entity.walk, session, cursor, self.full), optional=not entity.required)

    def _raise_first(self) -> None:
        """The error of the first entity that failed, if one did."""
        for tally in self.store.tallies.values():
            if tally.state == "running":
                tally.state = "stopped"
        failed = [t for t in self.store.tallies.values() if t.error and t.error["code"] != "stopped"]
        if failed and failed[0].error:
            raise SourceError(failed[0].error["detail"], code=failed[0].error["code"])

    def _compare(self, session: Session) -> None:
        tallies, self.store.again = self.store.tallies, True
        done = {name for name, tally in tallies.items() if tally.state == "done"}
        fetched = [entity for entity in self.source.entities if entity.name in done]
        comparison = Comparison(self.store, session, partial(self._tell, "compare"))
        comparison.compare(fetched, full=self.full, deep=self.deep, at_once=self.source.parallel())
        for entity in fetched:
            tallies[entity.name].settle(entity)
        self._raise_first()
        self.run.gaps = comparison.gaps
        if self.run.gaps:
            raise Incomplete(_gap_words(self.source, self.run.gaps))

    def _published(self) -> Version | None:
        self._tell("publish")
        with open_stage(self.dataset) as stage:
            stage.set_mark(f"until:{self.source.connection}", str(int(self.until.timestamp())))
            stage.set_mark("gaps", "0")
            if self.full or self.deep:
                stage.set_mark(self._deep_mark, clock.today().isoformat())
            stands.count_rows(stage, self.source, self.store.tallies)
            worth = self._worth_publishing()
            with stage.transaction():
                # where this ends before it is published, the next load does it
                stage.set_mark("wanted", "1" if worth else "")
                stage.clear_dirty()
            if not worth:
                return None
            try:
                version = publish(stage, run=str(self.run.pk), accepted=self.accepted)
            except CheckFailed:
                stage.set_dirty(self.run.pk)
                raise
            stage.set_mark("wanted", "")
            return version

    def _worth_publishing(self) -> bool:
        tallies = self.store.tallies.values()
        if self.pending or any(t.new or t.changed or t.deleted for t in tallies):
            return True
        version = current_version(self.dataset.name)
        whole = local_day(int(self.until.timestamp())) - dt.timedelta(days=1)
        return version is None or version.complete_until is None or version.complete_until < whole

    def _tell(self, step: str, entity: Entity | None = None, done: int = 0, total: int = 0) -> None:
        shown = f"{step}:{entity.name}" if entity else step
        self.progress(step, done, total)
        values = {"step": shown, "done": done, "total": total, "beat_at": clock.now(), "entities": self._entities()}
        LoadRun.objects.filter(pk=self.run.pk).update(**values)

    def _entities(self) -> dict[str, Any]:
        return {name: tally.to_json() for name, tally in self.store.tallies.items()}

    def _keep(self) -> None:
        """The counts, also of a load that failed."""
        self.run.entities = self._entities()
        for name in _COUNTS:
            setattr(self.run, f"rows_{name}", sum(getattr(t, name) for t in self.store.tallies.values()))

    def _end(self, status: str, error: FarolError | None) -> SyncOutcome:
        run, version = self.run, current_version(self.dataset.name)
        run.complete_until = version.complete_until if version else None
        ended(self.source, run, status, error)
        stands.update(self.source, run, self.store.tallies, self.until)
        return SyncOutcome(
            run=str(run.pk),
            source=self.source.name,
            status=status,
            data_version=version.name if version else None,
            complete_until=run.complete_until.isoformat() if run.complete_until else None,
            **{f"rows_{name}": getattr(run, f"rows_{name}") for name in _COUNTS},
            requests=run.requests,
            seconds=round(time.monotonic() - self.began, 3),
            entities=run.entities,
            gaps=run.gaps,
            error={"code": error.code, "detail": str(error.detail)} if error else None,
        )

    @property
    def _deep_mark(self) -> str:
        return f"compared:{self.source.name}:{self.source.connection}"


def syncs_of(source: Source) -> QuerySet[LoadRun]:
    """The loads from it, the newest first."""
    return LoadRun.objects.filter(loader=source.name, kind="sync")


def close_interrupted(source: Source) -> None:
    """Whoever holds the lease knows that no other run is alive."""
    syncs_of(source).filter(status=LoadRun.Status.RUNNING).update(
        status=LoadRun.Status.FAILED,
        error_code=interrupted().code,
        error=str(interrupted()),
        finished_at=clock.now(),
    )


def interrupted() -> Unavailable:
    return Unavailable(_("The load was interrupted. The next one goes on where it stopped."), code="interrupted")


def _unwritten(error: Exception) -> Unavailable:
    """What the disk said, without its paths."""
    said = error.strerror if isinstance(error, OSError) else str(error).rpartition(": ")[2]
    words = _("The data folder could not be written: %(reason)s. Nothing was published. See “farol doctor”, then load.")
    return Unavailable(words % {"reason": said or type(error).__name__}, code="disk")


def ended(source: Source, run: LoadRun, status: str, error: FarolError | None) -> None:
    run.status, run.finished_at = status, clock.now()
    if error:
        run.error_code, run.error = error.code, str(error.detail)
    run.step, run.version_after = "", version_name(source.dataset)
    run.save()
    params = {"run": run.pk, "status": status, "rows_new": run.rows_new, "rows_changed": run.rows_changed}
    principal = Principal(frozenset(), user=run.user, label=run.actor)
    audit.record(principal, "sources.sync", target=run.loader, params=params)


def _gap_words(source: Source, gaps: list[dict[str, Any]]) -> str:
    days = {gap["day"] for gap in gaps}
    words = _("%(source)s differs from Farol on %(count)s days since %(day)s. Nothing was published; load all.")
    return words % {"count": len(days), "source": source.label, "day": min(days)}
