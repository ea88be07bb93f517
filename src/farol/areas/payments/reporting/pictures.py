"""Charts of the daily report, from the same builders as the dashboard's."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farol.areas.payments.insights import segment_name
from farol.areas.payments.metrics import PAYMENTS
from farol.areas.payments.reporting.figures import SHOWN, Figures
from farol.areas.payments.reporting.opening import base_name
from farol.core import formats
from farol.engines.dashboards import charts, palette
from farol.engines.reports.document import Chart, Field, Table
from farol.platform.calendar import DayKind
from farol.platform.exports import Kind

MOST_STEPS, WEEKS = 5, 8
_LONGEST = 22
LABELLED = 5  # percent
_MARKED = (DayKind.CARNIVAL, DayKind.HOLIDAY, DayKind.BANK_HOLIDAY)
_ORDINARY = (DayKind.BUSINESS, DayKind.SATURDAY, DayKind.SUNDAY)


def look() -> charts.Look:
    """Light colours, in the language of the report."""
    return charts.Look(get_language() or "pt-br", "light")


def by_day(figures: Figures) -> Chart:
    """TPV by day, stacked by product, with the mean of seven days."""
    days = [figures.day - dt.timedelta(days=back) for back in range(SHOWN - 1, -1, -1)]
    values: dict[str, dict[dt.date, Decimal]] = {}
    for row in figures.answers["products"].rows:
        values.setdefault(row["product"], {})[row["day"]] = row["tpv"]
    hues = palette.hues({*values, *PAYMENTS.dimension("product").values})
    series = [
        charts.Series(segment_name({"product": name}), [seen.get(day) for day in days], hues[name], name)
        for name, seen in sorted(values.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    ]
    mean = charts.Series(_("7-day mean"), [_mean(figures, day) for day in days], "text")
    option = charts.stacked_bars(
        _axis(figures, days),
        charts.top_series(series, _("Others")),
        unit="brl",
        overlays=[mean],
        look=look(),
    )
    caption = _("Last %(days)d days in reais, holidays and Carnival marked.") % {"days": SHOWN}
    fields = [Field("day", _("Day"), Kind.DATE), *(Field(s.key, s.name, Kind.MONEY) for s in series)]
    rows = [(day, *(s.values[i] for s in series)) for i, day in enumerate(days)]
    return Chart(_("TPV by day and product"), option, caption, 250, data=Table("", fields, rows))


def _axis(figures: Figures, days: list[dt.date]) -> charts.Days:
    """The days with holidays marked; a name on the first bars would run into the scale, so there it is left out."""
    marked = [d for d in figures.calendar.days(days[0], days[-1]) if d.kind in _MARKED]
    axis = charts.days_axis(days, get_language() or "pt-br", {d.day: _short(d.name) for d in marked}, None)
    return replace(axis, marks=[replace(m, label=m.label if m.index > 2 else "") for m in axis.marks])


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _mean(figures: Figures, day: dt.date) -> Decimal | None:
    week = [figures.days.get(day - dt.timedelta(days=back)) for back in range(7)]
    known = [row["tpv"] for row in week if row]
    return sum(known, Decimal(0)) / len(known) if len(known) == 7 else None


def moved(figures: Figures) -> Chart | None:
    """What moved TPV: the largest parts, the rest, and the whole change."""
    found = figures.moved
    if not found.delta or not found.segments:
        return None
    top, rest = found.segments[:MOST_STEPS], found.segments[MOST_STEPS:]
    steps: list[tuple[str, Any]] = [(segment_name(s.segment), s.delta) for s in top]
    if rest:
        steps.append((_("Others"), sum(s.delta for s in rest)))
    option = charts.waterfall(steps, (_("Whole change"), found.delta), unit="brl", look=look())
    parts = {"base": base_name(figures.against), "delta": formats.signed_brl(found.delta)}
    return Chart("", option, _("Against %(base)s: %(delta)s.") % parts, 200)


def weekdays(figures: Figures) -> Chart:
    """Mean TPV of each weekday over the last weeks, ordinary days only."""
    first = figures.day - dt.timedelta(days=7 * WEEKS - 1)
    seen: dict[int, list[Decimal]] = {weekday: [] for weekday in range(7)}
    for day, row in figures.days.items():
        if day >= first and figures.calendar.day(day).kind in _ORDINARY:
            seen[day.weekday()].append(row["tpv"])
    means = [sum(values, Decimal(0)) / len(values) if values else None for values in seen.values()]
    monday = dt.date(2024, 1, 1)
    names = [formats.weekday(monday + dt.timedelta(days=i)) for i in range(7)]
    option = charts.bars(names, [charts.Series("TPV", means)], unit="brl", look=look())
    caption = _("Mean of the last %(weeks)d weeks, without holidays and Carnival.") % {"weeks": WEEKS}
    fields = [Field("weekday", _("Weekday")), Field("tpv", _("TPV"), Kind.MONEY)]
    data = Table("", fields, list(zip(names, means, strict=True)))
    return Chart(_("TPV by weekday"), option, caption, 190, half=True, data=data)


def tickets(figures: Figures) -> Chart:
    """Average ticket of each product and payment method on the day."""
    rows = [row for row in figures.answers["tickets"].rows if row["average_ticket"] is not None]
    rows.sort(key=lambda row: (-row["average_ticket"], row["product"], row["payment_method"]))
    names = [segment_name({name: row[name] for name in ("product", "payment_method")}) for row in rows]
    series = [charts.Series(_("Average ticket"), [row["average_ticket"] for row in rows])]
    option = charts.bars(names, series, unit="brl", look=look())
    fields = [Field("segment", _("Segment")), Field("ticket", _("Average ticket"), Kind.MONEY)]
    data = Table("", fields, [(name, row["average_ticket"]) for name, row in zip(names, rows, strict=True)])
    return Chart(_("Average ticket by product and method"), option, _("On the day, in reais."), 190, True, data)


def installments(figures: Figures) -> Chart:
    """Share of TPV beside share of transactions for each number of installments."""
    rows = sorted(figures.answers["installments"].rows, key=lambda row: row["installments"])
    series = []
    for name, hue in (("tpv", "hue-1"), ("transactions", "hue-3")):
        total = sum(row[name] or 0 for row in rows)
        shares = [Decimal((row[name] or 0) * 100) / total if total else None for row in rows]
        label = _("Share of %(measure)s") % {"measure": PAYMENTS.measure(name).label}
        series.append(charts.Series(label, shares, hue))
    names = [f"{row['installments']}x" for row in rows]
    option = charts.bars(names, series, unit="percent", look=look(), horizontal=False)
    _label_only(option, LABELLED)
    fields = [
        Field("installments", _("Installments")),
        Field("tpv", _("TPV"), Kind.MONEY),
        Field("transactions", _("Transactions"), Kind.INTEGER),
    ]
    data = Table("", fields, [(f"{row['installments']}x", row["tpv"], row["transactions"]) for row in rows])
    return Chart(_("Installments: volume and transactions"), option, _("On the day, in percent."), 190, data=data)


def _label_only(option: dict[str, Any], least: int) -> None:
    """Small bars beside each other would write their values over one another."""
    for series in option["series"]:
        for item in series["data"] or ():
            if isinstance(item, dict) and "label" in item:
                item["label"]["show"] = (item["value"] or 0) >= least


def tiers(figures: Figures) -> Chart:
    """TPV of each price tier by payment method as a table of shades."""
    rows = figures.answers["tiers"].rows
    methods = sorted({row["payment_method"] for row in rows})
    names = sorted({row["price_tier"] for row in rows})
    cells = {(row["price_tier"], row["payment_method"]): row["tpv"] for row in rows}
    option = charts.heatmap(
        [segment_name({"payment_method": method}) for method in methods],
        [segment_name({"price_tier": tier}) for tier in names],
        [[cells.get((tier, method)) for method in methods] for tier in names],
        unit="brl",
        look=look(),
    )
    option["xAxis"]["axisLabel"] |= {"interval": 0, "hideOverlap": False}  # every method has room, named or not
    fields = [
        Field("tier", _("Price tier")),
        *(Field(m, segment_name({"payment_method": m}), Kind.MONEY) for m in methods),
    ]
    data = Table("", fields, [(tier, *(cells.get((tier, method)) for method in methods)) for tier in names])
    return Chart(_("Price tier by payment method"), option, _("TPV of the day, in reais."), 190, True, data)


def concentration(figures: Figures) -> Chart:
    """Cumulative share of TPV of the segments, largest first, over the days shown."""
    totals: dict[tuple[str, str, str], Decimal] = {}
    for row in figures.answers["segments"].rows:
        key = (row["entity"], row["product"], row["payment_method"])
        totals[key] = totals.get(key, Decimal(0)) + (row["tpv"] or 0)
    ranked = sorted(totals.values(), reverse=True)
    whole, running, points = sum(ranked, Decimal(0)), Decimal(0), []
    for number, amount in enumerate(ranked, 1):
        running += amount
        points.append((str(number), running * 100 / whole))
    fields = [Field("count", _("Segments"), Kind.TEXT), Field("share", _("Share of TPV"), Kind.PERCENT)]
    option = charts.curve(points, look=look(), equal=_("Equal parts"))
    caption = _("Share of the largest segments in TPV, last %(days)d days.") % {"days": SHOWN}
    return Chart(_("Concentration"), option, caption, 190, True, Table("", fields, points))
