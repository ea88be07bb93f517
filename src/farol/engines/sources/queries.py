"""What the page of data sources shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.core.errors import FarolError
from farol.engines.sources import stands
from farol.engines.sources.loader import STEPS, Loader, all_loaders
from farol.engines.sources.models import LoadRun, SourceDay, SourceStand
from farol.engines.sources.source import Source, all_sources
from farol.engines.sources.syncing import syncs_of
from farol.engines.warehouse import Dataset, Version, current_version, find_dataset, sentence, versions
from farol.platform.accounts.principal import Principal

LATE_AFTER_DAYS = 1
HISTORY = 30
_LOOKS = {
    "not_configured": ("neutral", "plug", _("Not set up")),
    "never": ("neutral", "inbox", _("No data yet")),
    "ok": ("success", "circle-check", _("Up to date")),
    "stale": ("warning", "clock", _("Behind")),
    "failed": ("danger", "alert-circle", _("The last load failed")),
    "consent_needed": ("danger", "lock", _("Consent needed")),
    "blocked": ("danger", "ban", _("Blocked by the source")),
    "billing": ("danger", "alert-circle", _("Not paid for")),
}


@dataclass(frozen=True)
class Panel:
    """A system that data is fetched from, as cards and pages show it."""

    source: Source
    configured: bool
    stand: SourceStand
    entities: list[tuple[Any, SourceStand]]
    gaps: int
    next_run: dt.datetime | None
    running: LoadRun | None
    last_run: LoadRun | None

    @property
    def state(self) -> str:
        """not_configured, never, ok, stale, failed, consent_needed, blocked or billing."""
        if not self.configured:
            return "not_configured"
        return "stale" if self.stand.state == "ok" and stands.is_stale(self.source, self.stand) else self.stand.state

    @property
    def look(self) -> dict[str, Any]:
        tone, icon, label = _LOOKS[self.state]
        return {"tone": tone, "icon": icon, "label": label}

    @property
    def lag_seconds(self) -> int | None:
        behind = stands.lag(self.stand)
        return None if behind is None else max(0, int(behind.total_seconds()))

    @property
    def complete_until(self) -> dt.date | None:
        """The last whole local day."""
        until = self.stand.until
        return clock.local(until).date() - dt.timedelta(days=1) if until else None

    def to_json(self) -> dict[str, Any]:
        error = {"code": self.stand.error_code, "detail": self.stand.error} if self.stand.error_code else None
        return {
            "source": self.source.name,
            "state": self.state,
            "configured": self.configured,
            "last_load": _instant(self.stand.last_ok_at),
            "rows": self.stand.rows,
            "complete_until": self.complete_until.isoformat() if self.complete_until else None,
            "lag_seconds": self.lag_seconds,
            "next_run": _instant(self.next_run),
            "error": error,
        }


def panel_of(source: Source) -> Panel:
    """The panel of one source, read from the operational database alone."""
    same = {"source": source.name, "connection": source.connection}
    rows = {stand.entity: stand for stand in SourceStand.objects.filter(**same)}
    runs = list(syncs_of(source)[:1])
    return Panel(
        source=source,
        configured=source.configured(),
        stand=rows.get("") or SourceStand(**same),
        entities=[(entity.label, rows[entity.name]) for entity in source.entities if entity.name in rows],
        gaps=SourceDay.objects.filter(**same, state="gap").count(),
        next_run=stands.next_run(source) if source.configured() else None,
        running=runs[0] if runs and not runs[0].ended else None,
        last_run=runs[0] if runs else None,
    )


def panels() -> list[Panel]:
    return [panel_of(source) for source in all_sources()]


@dataclass(frozen=True)
class SourceState:
    """A source with its data: `tone` and `state` say in one word how it is."""

    loader: Loader
    published: Version | None
    versions: list[Version]
    last_run: LoadRun | None
    notes: list[str]
    days_late: int
    problem: str = ""
    panels: Sequence[Panel] = ()

    @property
    def state(self) -> str:
        if self.problem:
            return "unavailable"
        if self.published is None:
            return "empty"
        return "late" if self.days_late > LATE_AFTER_DAYS else "current"

    @property
    def kept(self) -> list[tuple[Version, int | None]]:
        """The kept versions with the rows of their first table."""
        first = find_dataset(self.loader.dataset).tables[0].name
        return [(version, version.rows.get(first)) for version in self.versions]

    @property
    def rows(self) -> int:
        rows = self.published.rows if self.published else {}
        return sum(count for table, count in rows.items() if table != "calendar")


def source_states(principal: Principal) -> list[SourceState]:
    """What the person may load or see; with it, the systems that the same data is fetched from."""
    everything = panels() if principal.may("sources.view") else []
    return [
        replace(_state(loader), panels=[p for p in everything if p.source.dataset == loader.dataset])
        for loader in all_loaders()
        if principal.may("sources.view") or principal.may(loader.permission)
    ]


def panels_alone(principal: Principal) -> list[Panel]:
    """The systems whose data cannot be loaded from files too."""
    if not principal.may("sources.view"):
        return []
    loaded = {loader.dataset for loader in all_loaders()}
    return [panel for panel in panels() if panel.source.dataset not in loaded]


def runs_of(principal: Principal) -> QuerySet[LoadRun]:
    """Runs the person may open: all with `sources.view`, otherwise one's own."""
    runs = LoadRun.objects.all()
    return runs if principal.may("sources.view") else runs.filter(user_id=principal.user_id)


def outcome(run: LoadRun) -> dict[str, Any]:
    """Tone and icon of a run's state."""
    status = LoadRun.Status
    return {
        status.DONE: {"tone": "success", "icon": "circle-check"},
        status.UNCHANGED: {"tone": "neutral", "icon": "circle-check"},
        status.REJECTED: {"tone": "danger", "icon": "file-alert"},
        status.FAILED: {"tone": "danger", "icon": "alert-circle"},
    }.get(status(run.status), {"tone": "info", "icon": "loader"})


def step_label(run: LoadRun) -> Any:
    """What a load is doing; of a fetch, with the entity."""
    phase, _colon, entity = run.step.partition(":")
    if entity and phase in STEPS:
        return f"{STEPS[phase]}: {entity_labels(run).get(entity, entity)}"
    return STEPS.get(run.step, run.get_status_display())


def entity_labels(run: LoadRun) -> dict[str, Any]:
    """The labels of what a run fetches, by name."""
    source = next((found for found in all_sources() if found.name == run.loader), None)
    return {entity.name: entity.label for entity in source.entities} if source else {}


def _state(loader: Loader) -> SourceState:
    dataset, last = find_dataset(loader.dataset), LoadRun.objects.filter(loader=loader.name).first()
    try:
        published, kept = current_version(dataset.name), versions(dataset.name)
    except FarolError as error:
        return SourceState(loader, None, [], last, [], 0, str(error.detail))
    return SourceState(loader, published, kept, last, _notes(dataset, published), _days_late(published))


def _instant(value: dt.datetime | None) -> str | None:
    return clock.local(value).isoformat(timespec="seconds") if value else None


def _notes(dataset: Dataset, version: Version | None) -> list[str]:
    return [sentence(dataset, finding) for finding in version.findings] if version else []


def _days_late(version: Version | None) -> int:
    """Whole days missing up to yesterday."""
    if version is None or version.complete_until is None:
        return 0
    return max(0, (clock.today() - dt.timedelta(days=1) - version.complete_until).days)
