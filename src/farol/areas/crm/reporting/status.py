"""How the run of the morning went: what was loaded, the rows behind each module, what the checks found."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farol.areas.crm.forecasting import frozen
from farol.core import clock, formats
from farol.engines.reports.document import Document, Field, Note, Notes, Origin, Section, Summary, Table
from farol.engines.sources.models import LoadRun
from farol.engines.warehouse.checking import recheck
from farol.platform.accounts.principal import SYSTEM, Principal
from farol.platform.exports import Kind

TABLES = ("intake", "stage_interval", "activity", "deal", "seller")


def build(asked: dt.date, principal: Principal) -> Document:
    """The last load up to the end of `asked` beside the data as they stand."""
    principal.require("sources.view")
    end = dt.datetime.combine(asked + dt.timedelta(days=1), dt.time(), clock.zone())
    load = LoadRun.objects.filter(kind="sync", loader="kommo", finished_at__lt=end).order_by("-id").first()
    checked = recheck("crm", SYSTEM)
    failed = [outcome for outcome in checked.outcomes if outcome.passed is False]
    rows = [(label, checked.version.rows.get(table), _("Done")) for label, table in zip(_labels(), TABLES, strict=True)]
    kept = checked.version.complete_until is not None and frozen.is_frozen(checked.version.complete_until)
    rows.append((_("6 · Forecast"), None, _("Forecast kept") if kept else _("Not kept")))
    modules = Table(
        "", [Field("module", _("Module")), Field("rows", _("Rows"), Kind.INTEGER), Field("state", _("State"))], rows
    )
    holds = Note(_("Every check holds."), tone="good")
    notes = [Note(f"{one.label}: {one.sentence}", tone="bad") for one in failed] or [holds]
    version = checked.version
    return Document(
        title=_("Commercial: run of the day"),
        subtitle=formats.date(asked),
        language=get_language() or "pt-br",
        asked=asked,
        day=asked,
        sections=[
            Section("", [Summary([_load(load)])]),
            Section(_("Modules"), [modules]),
            Section(_("Checks"), [Notes(notes)]),
        ],
        origin=Origin(version.name, (), [(_("Data version"), version.name)]),
    )


def _labels() -> tuple[str, ...]:
    return (
        _("1 · Intake and origin"),
        _("2 · Funnel"),
        _("3 · Activities"),
        _("4 · Conversion and revenue"),
        _("5 · People and channels"),
    )


def _load(load: LoadRun | None) -> str:
    if load is None:
        return _("Nothing was loaded from the CRM yet.")
    took = (load.finished_at - load.started_at).total_seconds() if load.finished_at and load.started_at else 0
    parts = {
        "state": load.get_status_display(),
        "read": formats.number(load.rows_read),
        "new": formats.number(load.rows_new),
        "changed": formats.number(load.rows_changed),
        "seconds": formats.number(Decimal(round(took))),
    }
    text = _("Load: %(state)s, %(read)s records read, %(new)s new, %(changed)s changed, in %(seconds)s s.") % parts
    return f"{text} {load.error}".strip()
