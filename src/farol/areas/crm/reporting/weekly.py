"""The week in the six modules, the forecast of the month and what is wrong with the data."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farol.areas.crm.boards.records import open_records
from farol.areas.crm.forecasting import shown
from farol.areas.crm.forecasting.outlook import Outlook, money, outlook
from farol.areas.crm.marts import DATASETS
from farol.areas.crm.reporting.asking import Asker
from farol.core import clock, formats
from farol.core.errors import Unavailable
from farol.engines.metrics import Period
from farol.engines.reports.document import Document, Field, Note, Notes, Origin, Section, Summary, Table
from farol.engines.sources import stands
from farol.engines.warehouse import Finding, sentence
from farol.platform.accounts.principal import Principal
from farol.platform.exports import Kind

WEEK = dt.timedelta(days=6)
FAULTS = "SELECT check_name, COUNT(*) AS records FROM fault WHERE day <= ? AND {seen} GROUP BY check_name"


def build(asked: dt.date, principal: Principal) -> Document:
    """The seven days that end on `asked`, or on the last complete day before; nothing of later is in it."""
    with open_records(principal) as records:
        complete = records.reader.complete_until
        if complete is None:
            raise Unavailable(_("No day of the commercial data is complete yet."), code="no_data")
        day = min(asked, complete)
        faults = {row["check_name"]: row["records"] for row in records.ask(FAULTS, day)}
    asker = Asker(Period(day - WEEK, day), principal)
    found = outlook(day, principal)
    sections = [_opening(found), *_modules(asker), _forecast(found), _quality(faults)]
    return Document(
        title=_("Commercial: weekly report"),
        subtitle=_("%(first)s to %(last)s") % {"first": formats.date(day - WEEK), "last": formats.date(day)},
        language=get_language() or "pt-br",
        asked=asked,
        day=day,
        sections=sections,
        origin=_origin(asker, complete),
        notice=_notice(asked, day),
    )


def _notice(asked: dt.date, day: dt.date) -> str:
    """Said where the data end before the day asked for."""
    if day == asked:
        return ""
    until = _("The data are complete until %(day)s; this report ends there.") % {"day": formats.date(day)}
    return " ".join(part for part in (until, stands.sentence("crm")) if part)


def _origin(asker: Asker, complete: dt.date) -> Origin:
    facts = [
        (_("Data version"), asker.data_version),
        (_("Data complete until"), formats.date(complete)),
        (_("Made"), formats.instant(clock.local(clock.now()))),
    ]
    return Origin(asker.data_version, asker.receipts.found, facts)


def _opening(found: Outlook) -> Section:
    revenue = found.targets["revenue"]
    parts = {
        "month": formats.month(found.month),
        "so_far": formats.compact_brl(money(revenue.so_far)),
        "forecast": formats.compact_brl(money(revenue.found.value)),
        "low": formats.compact_brl(money(revenue.found.low)),
        "high": formats.compact_brl(money(revenue.found.high)),
    }
    first = _("%(month)s: %(so_far)s so far; %(forecast)s expected (%(low)s to %(high)s).") % parts
    sentences = [first[:1].upper() + first[1:]]
    if revenue.goal is not None and revenue.gap is not None:
        gap = {"goal": formats.compact_brl(money(revenue.goal)), "gap": formats.compact_brl(money(abs(revenue.gap)))}
        missing = _("The goal is %(goal)s: %(gap)s are missing.")
        beyond = _("The goal is %(goal)s: the forecast lies %(gap)s above it.")
        sentences.append((missing if revenue.gap > 0 else beyond) % gap)
    return Section("", [Summary([*sentences, *(action.text for action in found.actions)])])


def _modules(asker: Asker) -> list[Section]:
    """What came of the week's own leads is left out: they have had no time to close."""
    headings = (_("Figure"), _("This week"), _("Week before"), _("Change"))
    intake = ("leads", "leads_classified", "answered_share", "first_response_hours_median", "cost", "cost_per_lead")
    by_channel = ("leads", "answered_share", "cost", "cost_per_lead")
    closing = ("won", "lost", "win_rate", "revenue", "average_ticket", "cycle_days_median")
    work = ("activities", "contacts", "meetings", "meetings_held", "completion", "on_time", "overdue")
    return [
        Section(
            _("1 · Intake and origin"),
            [
                asker.compared(_("Intake"), headings, "leads", intake),
                asker.table(_("Leads by channel"), "leads", by_channel, "channel"),
            ],
        ),
        Section(
            _("2 · Funnel"),
            [
                asker.table(
                    _("Stages entered in the week"),
                    "stages",
                    ("entered", "moved_on", "lost", "stage_conversion", "hours_in_stage_median"),
                    "stage",
                )
            ],
        ),
        Section(_("3 · Activities"), [asker.compared(_("Activities"), headings, "activities", work)]),
        Section(
            _("4 · Conversion and revenue"),
            [
                asker.compared(_("Conversion"), headings, "deals", closing),
                asker.table(_("Reasons of loss"), "deals", ("lost",), "loss_reason"),
            ],
        ),
        Section(
            _("5 · People and channels"),
            [
                asker.table(_("Deals by seller"), "deals", ("revenue", "won", "lost", "win_rate"), "responsible"),
                asker.table(_("Activities by seller"), "activities", ("activities", "completion"), "responsible"),
            ],
        ),
    ]


def _forecast(found: Outlook) -> Section:
    judged = found.contest
    rows = [
        (
            shown.name_of(name),
            money(value),
            None if low is None else money(low),
            None if high is None else money(high),
            shown.percent(judged.errors.get(name)),
        )
        for name, value, low, high in shown.said(found)
    ]
    fields = [
        Field("model", _("Model")),
        Field("value", _("Forecast"), Kind.MONEY),
        Field("low", _("Low"), Kind.MONEY),
        Field("high", _("High"), Kind.MONEY),
        Field("error", _("Mean error so far"), Kind.PERCENT),
    ]
    note = _("Used: %(model)s.") % {"model": shown.name_of(judged.chosen)}
    headings = {"so_far": _("So far"), "forecast": _("Forecast"), "range": _("Likely range"), "goal": _("Goal")}
    headings = {"label": _("Figure"), **headings, "gap": _("Gap")}
    lines = [tuple(row[name] for name in headings) for row in shown.facts(found)]
    month = Table(_("The month"), [Field(name, heading) for name, heading in headings.items()], lines)
    return Section(_("6 · Forecast"), [month, Table(_("Models"), fields, rows, note)])


def _quality(faults: dict[str, int]) -> Section:
    (dataset,) = DATASETS
    found = (sentence(dataset, Finding(name, {"count": count}, hard=False)) for name, count in sorted(faults.items()))
    notes = [Note(text, tone="bad") for text in found]
    return Section(_("Data quality"), [Notes(notes or [Note(_("Nothing to note."), tone="good")])])
