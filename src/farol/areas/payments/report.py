"""The daily report of payments: what changed, why, and what needs attention."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from farol.areas.payments.insights import insights
from farol.areas.payments.metrics import PAYMENTS
from farol.areas.payments.reporting import opening, pictures, remarks, tables, targets
from farol.areas.payments.reporting.figures import Figures, gather
from farol.core import clock
from farol.engines.alerts.detection import detect, watching
from farol.engines.alerts.findings import Alert, Status
from farol.engines.reports.definition import Report
from farol.engines.reports.document import Block, Document, Note, Notes, Section
from farol.platform import audit
from farol.platform.accounts.principal import Principal


def build(asked: dt.date, principal: Principal) -> Document:
    """The document of the last day with data up to `asked`."""
    figures = gather(asked, principal)
    (rules,) = watching("payments")
    alerts = [a for a in detect(rules, figures.day, principal).alerts if a.status is Status.NEW]
    sections = [
        _opening(figures, alerts),
        _course(figures),
        _moved(figures),
        _alerts(alerts),
        _comparisons(figures),
        targets.section(figures),
        _mix(figures),
        _insights(figures, principal),
        Section(_("Data quality"), [remarks.quality(figures)]),
    ]
    return Document(
        title=_("Payments: daily report"),
        subtitle=_subtitle(figures),
        language=get_language() or "pt-br",
        asked=asked,
        day=figures.day,
        sections=[section for section in sections if section],
        origin=remarks.origin(figures, audit.anchor(clock.today())),
        notice=remarks.notice(figures),
    )


def _subtitle(figures: Figures) -> str:
    return figures.describe(figures.day)


def _opening(figures: Figures, alerts: Sequence[Alert]) -> Section:
    number = figures.receipt("kpis", _("Figures of the day and their comparisons"))
    return Section("", [opening.summary(figures, alerts), opening.cards(figures)], [number])


def _comparisons(figures: Figures) -> Section:
    number = figures.receipt("kpis", _("Figures of the day and their comparisons"))
    return Section(_("Comparisons"), tables.comparisons(figures), [number])


def _course(figures: Figures) -> Section:
    number = figures.receipt("products", _("TPV by day and product"))
    return Section("", [pictures.by_day(figures)], [number])


def _moved(figures: Figures) -> Section:
    number = figures.receipts.number(figures.moved.receipt, _("What moved TPV"))
    blocks: list[Block] = [b for b in (pictures.moved(figures), tables.moved(figures)) if b]
    empty = Notes([Note(_("There is no base day to compare with."))])
    return Section(_("What moved TPV"), blocks or [empty], [number])


def _alerts(alerts: Sequence[Alert]) -> Section:
    table = tables.alerts(alerts)
    return Section(_("Alerts"), [table or Notes([Note(_("No segment left its expected range."), tone="good")])])


def _mix(figures: Figures) -> Section:
    numbers = [
        figures.receipt("series", _("Figures by day")),
        figures.receipt("tickets", _("Average ticket by product and method")),
        figures.receipt("installments", _("Installments")),
        figures.receipt("tiers", _("Price tier by payment method")),
    ]
    drawn = [
        pictures.weekdays(figures),
        pictures.tickets(figures),
        pictures.tiers(figures),
        pictures.concentration(figures),
        pictures.installments(figures),
    ]
    return Section(_("Profile"), drawn, numbers)


def _insights(figures: Figures, principal: Principal) -> Section:
    found = insights(figures.day, principal)
    notes = [Note(f"{i.title}: {i.text}", i.action, figures.receipts.number(i.receipt, i.title)) for i in found]
    return Section(_("Insights"), [Notes(notes)])


REPORTS = [Report("payments.daily", gettext_lazy("Payments: daily report"), PAYMENTS.permission, build)]
