"""What the page of data sources shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from farol.core import clock
from farol.core.errors import FarolError
from farol.engines.sources.loader import STEPS, Loader, all_loaders
from farol.engines.sources.models import LoadRun
from farol.engines.warehouse import Dataset, Version, current_version, find_dataset, sentence, versions
from farol.platform.accounts.principal import Principal

LATE_AFTER_DAYS = 1
HISTORY = 30


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

    @property
    def state(self) -> str:
        if self.problem:
            return "unavailable"
        if self.published is None:
            return "empty"
        return "late" if self.days_late > LATE_AFTER_DAYS else "current"

    @property
    def rows(self) -> int:
        rows = self.published.rows if self.published else {}
        return sum(count for table, count in rows.items() if table != "calendar")


def source_states(principal: Principal) -> list[SourceState]:
    """The sources whose data the person may load or see."""
    return [
        _state(loader) for loader in all_loaders() if principal.may("sources.view") or principal.may(loader.permission)
    ]


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
    return STEPS.get(run.step, run.get_status_display())


def _state(loader: Loader) -> SourceState:
    dataset, last = find_dataset(loader.dataset), LoadRun.objects.filter(loader=loader.name).first()
    try:
        published, kept = current_version(dataset.name), versions(dataset.name)
    except FarolError as error:
        return SourceState(loader, None, [], last, [], 0, str(error.detail))
    return SourceState(loader, published, kept, last, _notes(dataset, published), _days_late(published))


def _notes(dataset: Dataset, version: Version | None) -> list[str]:
    return [sentence(dataset, finding) for finding in version.findings] if version else []


def _days_late(version: Version | None) -> int:
    """Whole days missing up to yesterday."""
    if version is None or version.complete_until is None:
        return 0
    return max(0, (clock.today() - dt.timedelta(days=1) - version.complete_until).days)
