"""How each source stands: written at the end of a load, read by pages, the command line, alerts and reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from farol.core import clock, formats
from farol.engines.sources.models import LoadRun, SourceStand
from farol.engines.sources.source import Source, all_sources
from farol.engines.sources.storing import Tally
from farol.engines.warehouse import Stage
from farol.engines.warehouse.sql import compose, ident
from farol.platform.jobs.job import jobs
from farol.platform.jobs.models import Schedule
from farol.platform.jobs.plan import next_after
from farol.platform.notifications import notify, people_with

PATIENCE = dt.timedelta(hours=3)
_STATES = ("consent_needed", "blocked", "billing")
_NOTICES = {"consent_needed": "sources.consent_needed", "blocked": "sources.blocked", "gap": "sources.gap"}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a source, in a sentence."""

    source: str
    code: str
    text: str


def count_rows(stage: Stage, source: Source, tallies: Mapping[str, Tally]) -> None:
    """How many records of each entity there are now."""
    for entity in source.entities:
        if entity.table and entity.name in tallies:
            sql = compose("SELECT count(*) FROM {t} WHERE connection_id = ? AND NOT deleted", t=ident(entity.table))
            found = stage.connection.execute(sql, [source.connection]).fetchone()
            tallies[entity.name].rows = found[0] if found else 0


def update(source: Source, run: LoadRun, tallies: Mapping[str, Tally], until: dt.datetime) -> None:
    """After a load that began at `until`. People are told of one that failed, once a day and kind of failure."""
    whole = run.status != LoadRun.Status.FAILED
    for name, tally in tallies.items():
        error = tally.error or {"code": "", "detail": ""}
        state = {"done": "ok", "absent": "absent"}.get(tally.state, "failed")
        _write(source, name, state, run, error["code"], error["detail"], until if whole else None, tally.rows)
    state = "ok" if whole else run.error_code if run.error_code in _STATES else "failed"
    tables = {entity.table: tallies[entity.name].rows or 0 for entity in source.entities if entity.name in tallies}
    rows = sum(tables.values())
    _write(source, "", state, run, run.error_code, run.error, until if whole else None, rows if whole else None)
    if not whole:
        code = _NOTICES.get(run.error_code, "sources.failed")
        _notify(source, code, {"source": str(source.label), "reason": run.error})


def consent_lost(name: str, words: str) -> None:
    """Whoever found out, in a load or not: the page says so and people are told at once."""
    for source in all_sources():
        if source.name == name:
            stand = SourceStand.objects.filter(source=name, connection=source.connection, entity="")
            stand.update(state="consent_needed", error_code="consent_needed", error=words)
            _notify(source, "sources.consent_needed", {"source": str(source.label), "reason": words})


def stand_of(source: Source) -> SourceStand:
    """The source as a whole; an unsaved row with state `never` before the first load."""
    found = SourceStand.objects.filter(source=source.name, connection=source.connection, entity="").first()
    return found or SourceStand(source=source.name, connection=source.connection)


def lag(stand: SourceStand) -> dt.timedelta | None:
    """How far the data is behind; None before the first load."""
    return clock.now() - stand.until if stand.until else None


def next_run(source: Source) -> dt.datetime | None:
    """When the schedule loads it next: the jobs `<dataset>.sync` and `<dataset>.daily`."""
    planned = Schedule.objects.filter(name__in=_job_names(source), paused=False).values_list("next_at", flat=True)
    return min((instant for instant in planned if instant), default=None)


def is_stale(source: Source, stand: SourceStand) -> bool:
    """Behind by more than three hours and by three planned loads."""
    if stand.until is None or clock.now() - stand.until <= PATIENCE:
        return False
    job = jobs().get(f"{source.dataset}.sync")
    if job is None:
        return True
    edited = Schedule.objects.filter(name=job.name).values_list("own_cron", flat=True).first()
    due = stand.until
    for _time in range(3):
        due = next_after(edited or job.cron, due)
    return due < clock.now()


def sentence(dataset: str) -> str:
    """What a reader of figures should know: until when they are whole, and why not further. Empty if all is well."""
    found = [text for source in all_sources() if source.dataset == dataset if (text := _sentence(source))]
    return " ".join(found)


def health() -> list[Trouble]:
    """What is wrong now; people are told, once a day, of sources that stay behind."""
    found = []
    for source in all_sources():
        stand = stand_of(source)
        if not source.configured() or stand.state == "never":
            continue
        if is_stale(source, stand):
            found.append(Trouble(source.name, "stale", _sentence(source)))
            _notify(source, "sources.stale", {"source": str(source.label)})
        elif stand.state != "ok":
            found.append(Trouble(source.name, stand.error_code, _sentence(source)))
    return found


def _sentence(source: Source) -> str:
    stand = stand_of(source)
    if stand.state == "never" or (stand.state == "ok" and not is_stale(source, stand)):
        return ""
    until = formats.instant(clock.local(stand.until)) if stand.until else formats.NONE
    params = {"source": source.label, "until": until, "reason": stand.error}
    if stand.state == "ok":
        return _("%(source)s: complete until %(until)s; no load has ended well since.") % params
    return _("%(source)s: complete until %(until)s; the last load failed: %(reason)s") % params


def _write(
    source: Source,
    entity: str,
    state: str,
    run: LoadRun,
    code: str,
    error: str,
    until: dt.datetime | None,
    rows: int | None,
) -> None:
    """Where `until` or `rows` is None, the last known one stays."""
    values: dict[str, Any] = {"state": state, "last_run": run.pk, "error_code": code, "error": error}
    if until:
        values |= {"until": until, "last_ok_at": clock.now()}
    if rows is not None:
        values["rows"] = rows
    key = {"source": source.name, "connection": source.connection, "entity": entity}
    SourceStand.objects.update_or_create(**key, defaults=values)


def _notify(source: Source, code: str, params: dict[str, Any]) -> None:
    notify(
        people_with("sources.view"),
        code,
        record=source.name,
        url=reverse("sources:source", args=[source.name]),
        params=params,
        key=f"{code}:{source.name}:{clock.today()}",
    )


def _job_names(source: Source) -> list[str]:
    return [f"{source.dataset}.sync", f"{source.dataset}.daily"]
