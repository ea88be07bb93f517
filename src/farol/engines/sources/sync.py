"""Fetches a source into its stage and publishes what is whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from farol.engines.sources.loader import Progress, silent
from farol.engines.sources.models import LoadRun
from farol.engines.sources.source import Source
from farol.engines.warehouse import Version
from farol.platform.accounts.principal import Principal


@dataclass
class SyncOutcome:
    """How a sync went; `error` is None or `{"code", "detail"}`."""

    run: int
    source: str
    status: str
    data_version: str | None = None
    complete_until: dt.date | None = None
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


def start(source: Source, principal: Principal, *, full: bool, since: dt.date | None, cause: str) -> LoadRun:
    """A waiting run. `NotAllowed` without the right, `Refused` where the source is not set up."""
    raise NotImplementedError


def sync(
    source: Source,
    run: LoadRun,
    *,
    full: bool = False,
    since: dt.date | None = None,
    accepted: tuple[str, ...] = (),
    progress: Progress = silent,
) -> SyncOutcome:
    """Fetch what changed, compare the days, publish. What went wrong is in the outcome; only `Refused` with code
    `already_running` is raised."""
    raise NotImplementedError


def rebuild(dataset: str, principal: Principal, cause: str) -> Version | None:
    """Publish anew from the stage, without fetching; None while a load is under way or has not ended well."""
    raise NotImplementedError
