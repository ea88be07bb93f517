"""What the report says about its own data, and where its figures come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farol.areas.payments.insights import segment_name
from farol.areas.payments.reporting.figures import SHOWN, Figures
from farol.core import clock, formats
from farol.engines.reports.document import Note, Notes, Origin

WINDOW = 60


def notice(figures: Figures) -> str:
    """Says so where the day asked for has no data."""
    if figures.day == figures.asked:
        return ""
    parts = {"asked": figures.describe(figures.asked), "day": figures.describe(figures.day)}
    return _("There are no data of %(asked)s. This report shows the last day that has: %(day)s.") % parts


def quality(figures: Figures) -> Notes:
    """What a reader should know before trusting the comparisons; only of days up to the one reported."""
    return Notes([*_gaps(figures), *_bases(figures), *_absent(figures)] or [Note(_("Nothing to note."))])


def _gaps(figures: Figures) -> Iterator[Note]:
    first = max(min(figures.days), figures.day - dt.timedelta(days=WINDOW))
    span = (figures.day - first).days
    missing = [day for day in (first + dt.timedelta(days=i) for i in range(span)) if day not in figures.days]
    if missing:
        sentence = ngettext(
            "%(count)d day of the last %(window)d has no data: %(days)s.",
            "%(count)d days of the last %(window)d have no data: %(days)s.",
            len(missing),
        )
        shown = ", ".join(formats.date(day) for day in missing[:5]) + ("…" if missing[5:] else "")
        yield Note(sentence % {"count": len(missing), "window": WINDOW, "days": shown}, tone="bad")


def _bases(figures: Figures) -> Iterator[Note]:
    """Comparisons without a base, and bases of another kind of day."""
    kind = figures.calendar.day(figures.day).kind
    for name, label in (("d1", "D-1"), ("w1", "W-1"), ("m1", "M-1"), ("y1", "Y-1")):
        found = figures.comparison("tpv", name)
        if found.base_date is None:
            continue
        parts = {"base": label, "day": figures.describe(found.base_date)}
        if found.base is None:
            yield Note(_("%(base)s has no data (%(day)s): the comparison is left empty.") % parts)
        elif figures.calendar.day(found.base_date).kind is not kind:
            yield Note(_("%(base)s is another kind of day (%(day)s): read its change with care.") % parts)


def _absent(figures: Figures) -> Iterator[Note]:
    """Segments that had sales in the weeks before and none on the day."""
    now = {(row["product"], row["payment_method"]) for row in figures.answers["tickets"].rows}
    before = {(row["product"], row["payment_method"]) for row in figures.answers["segments"].rows}
    gone = [segment_name({"product": p, "payment_method": m}) for p, m in sorted(before - now)]
    if gone:
        parts = {"names": "; ".join(gone), "days": SHOWN}
        yield Note(
            _("Without sales on the day, though with sales in the last %(days)d days: %(names)s.") % parts, tone="bad"
        )


def origin(figures: Figures, anchor: str | None) -> Origin:
    """Versions, times and receipts: what may differ between two runs on equal data."""
    answer = figures.answers["kpis"]
    facts = [
        (_("Data version"), answer.data_version),
        (_("Data complete until"), formats.date(answer.complete_until)),
        (_("Made"), formats.instant(clock.local(clock.now()))),
        (_("Receipts open at"), f"{settings.FAROL_PUBLIC_URL}/recibos/"),
    ]
    if anchor:
        facts.append((_("Anchor of the audit trail"), anchor))
    return Origin(answer.data_version, figures.receipts.found, facts)
