"""What the area does on a schedule; nothing of it where Kommo is not set up."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.forecasting import frozen
from farol.areas.crm.forecasting.outlook import of_goals, outlook
from farol.areas.crm.worklists import leads
from farol.core import clock
from farol.core.errors import FarolError, Refused
from farol.engines.metrics import Period, Query, get_model, run
from farol.engines.reports.definition import get_report
from farol.engines.reports.sending import send
from farol.engines.sources import stands
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import start, sync
from farol.engines.warehouse import current_version
from farol.engines.warehouse.checking import recheck
from farol.platform.accounts.principal import SYSTEM
from farol.platform.jobs import Job, JobRun
from farol.platform.notifications import notify, people_with

log = logging.getLogger(__name__)
PATIENCE, PAUSE = 1200.0, 5.0  # seconds that the morning waits for another load, and between two looks
MODULES = {"leads": "leads", "stages": "entered", "activities": "activities", "deals": "won"}  # model: a measure of it


def daily(run_: JobRun) -> None:
    """Load, publish, check, keep and grade the forecast, send how it went. A part that fails does not stop the others;
    the run fails in the end and names it."""
    if not find_source("kommo").configured():
        return
    parts: list[tuple[str, Callable[[], None]]] = [
        (_("Load"), lambda: _load_when_free(run_)),
        (_("Checks"), _check),
        *((str(get_model(model).label), lambda name=model: _ask(name)) for model in MODULES),
        (_("Forecast"), _forecast),
        (_("People are told"), _tell),
        (_("Report"), _report),
    ]
    failed = []
    for done, (label, part) in enumerate(parts):
        run_.progress(done, len(parts), label)
        try:
            part()
        except FarolError as error:
            log.warning("the morning's run: %s: %s", label, error)
            failed.append(f"{label}: {error}")
    run_.progress(len(parts), len(parts))
    if failed:
        raise Refused(" ".join(failed), code="parts_failed")


def incremental(run_: JobRun) -> None:
    """Load what changed; left to whoever is loading already."""
    if not find_source("kommo").configured():
        return
    try:
        _load(run_)
    except Refused as error:
        if error.code != "already_running":
            raise


def health(run_: JobRun) -> None:
    """Look after every source; people are told of those that stay behind."""
    troubles = stands.health()
    run_.progress(0, None, " ".join(trouble.text for trouble in troubles))


def _load_when_free(run_: JobRun) -> None:
    """The quarter-hourly load falls due at the same minute; the morning's comes after it."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return _load(run_)
        except Refused as error:
            if error.code != "already_running" or time.monotonic() > until:
                raise
        run_.check()
        time.sleep(PAUSE)


def _load(run_: JobRun) -> None:
    source = find_source("kommo")
    load = start(source, SYSTEM, full=False, since=None, cause="schedule")
    outcome = sync(source, load, progress=lambda step, done, total: run_.progress(done, total, step))
    if outcome.error:
        raise Refused(outcome.error["detail"], code=outcome.error["code"])


def _check() -> None:
    failed = [outcome for outcome in recheck("crm", SYSTEM).outcomes if outcome.hard and outcome.passed is False]
    if failed:
        raise Refused("; ".join(outcome.sentence for outcome in failed), code="check_failed")


def _ask(model: str) -> None:
    """A module works if its model answers."""
    version = current_version("crm")
    day = version.complete_until if version else None
    run(Query(get_model(model), (MODULES[model],), (), {}, Period(day, day) if day else None), SYSTEM)


def _forecast() -> None:
    found = outlook(None, SYSTEM)
    frozen.freeze(found, SYSTEM, of_goals(found))
    frozen.grade(found)


def _tell() -> None:
    """How many leads wait, once a day."""
    stale, unanswered = leads.counts(SYSTEM)
    for code, count, page in (
        ("crm.stale_deals", stale, "crm:stale"),
        ("crm.unanswered", unanswered, "crm:unanswered"),
    ):
        if count:
            _notify(code, {"count": count}, page)


def _report() -> None:
    send(get_report("crm.status"), clock.today(), SYSTEM)


def _notify(code: str, params: Mapping[str, object], page: str) -> None:
    to = people_with("goals.manage")
    notify(to, code, record="crm", url=reverse(page), params=params, key=f"{code}:{clock.today()}")


def _every() -> str:
    """The setting as a plan: minutes within an hour, else whole hours."""
    minutes = settings.FAROL_KOMMO_MINUTES
    return f"*/{minutes} * * * *" if minutes < 60 else f"0 */{min(23, minutes // 60)} * * *"


JOBS = [
    Job("crm.daily", gettext_lazy("Commercial: load, check and forecast"), "0 6 * * *", daily, lease_seconds=1800),
    Job("crm.sync", gettext_lazy("Commercial: load what changed"), _every(), incremental, lease_seconds=1800),
    Job("sources.health", gettext_lazy("Data sources: look after them"), "*/15 * * * *", health),
]
