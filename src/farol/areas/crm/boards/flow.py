"""Cards of the funnel that read single leads: who stood in each stage, how long the way takes, which are slowest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.areas.crm.boards.links import lead_page
from farol.areas.crm.boards.records import open_records
from farol.core import formats
from farol.core.money import from_centavos
from farol.engines.dashboards import charts
from farol.engines.dashboards.board import Drawing, Table
from farol.engines.dashboards.charts import Series
from farol.engines.dashboards.scope import Scope
from farol.platform.accounts.principal import SYSTEM
from farol.platform.exports import Column, Kind

ORDER = "SELECT pipeline, stage, stage_order FROM stage"
# Everyone who stood in a stage on any day of the period, whenever they entered it; what became of them within it.
STOOD = """
SELECT pipeline, stage, COUNT(*) AS stood, SUM(CASE WHEN left_day IS NULL OR left_day > ? THEN 1 ELSE 0 END) AS still,
    SUM(CASE WHEN left_day <= ? AND advanced = 1 THEN 1 ELSE 0 END) AS advanced,
    SUM(CASE WHEN left_day <= ? AND lost_here = 1 THEN 1 ELSE 0 END) AS lost
FROM stage_interval
WHERE is_final = 0 AND entered_day <= ? AND (left_day IS NULL OR left_day >= ?) AND {seen}
GROUP BY pipeline, stage
"""
CLOSED = """
SELECT pipeline, SUM(won) AS won, SUM(deals) AS closed FROM deal
WHERE closed_day >= ? AND closed_day <= ? AND {seen} GROUP BY pipeline
"""
REACHED = """
SELECT s.pipeline, s.stage, l.created_day, s.entered_day, COUNT(*) AS leads
FROM (SELECT connection_id, lead_id, pipeline, stage, entered_day FROM stage_interval
    WHERE entered_day >= ? AND entered_day <= ? AND {seen}) AS s
JOIN lead AS l ON l.connection_id = s.connection_id AND l.lead_id = s.lead_id
GROUP BY s.pipeline, s.stage, l.created_day, s.entered_day
"""
CLOSED_AFTER = """
SELECT cycle_days, SUM(won) AS won, SUM(lost) AS lost FROM deal
WHERE closed_day >= ? AND closed_day <= ? AND cycle_days IS NOT NULL AND {seen} GROUP BY cycle_days
"""
SPANS = ((0, 3), (4, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, None))  # days; None is without end
OLDEST = """
SELECT connection_id, lead_id, name, responsible, pipeline, stage, value_centavos, created_at, stage_entered_at
FROM lead WHERE status = 'open' AND {seen} ORDER BY created_at, lead_id LIMIT 20
"""


def stage_order() -> Mapping[tuple[str, str], int]:
    """The place of each stage in its pipeline."""
    with open_records(SYSTEM) as records:
        return {(row["pipeline"], row["stage"]): row["stage_order"] for row in records.ask(ORDER)}


def snapshot(scope: Scope) -> Drawing:
    """The funnel as a snapshot of the period: unlike the cohort, those who entered before count too."""
    first, last = scope.period.start, scope.period.end
    with open_records(scope.principal, scope.where) as records:
        rows = records.ask(STOOD, last, last, last, last, first)
        closed = {row["pipeline"]: row for row in records.ask(CLOSED, first, last)}
    if not rows:
        return Drawing()
    order = stage_order()
    rows.sort(key=lambda row: (row["pipeline"], order.get((row["pipeline"], row["stage"]), 999)))
    main = max(
        {row["pipeline"] for row in rows}, key=lambda name: sum(r["stood"] for r in rows if r["pipeline"] == name)
    )
    shown = [row for row in rows if row["pipeline"] == main]
    series = [
        Series(_("Stood there"), [row["stood"] for row in shown], "hue-1"),
        Series(_("Moved on"), [row["advanced"] for row in shown], "hue-3"),
        Series(_("Lost"), [row["lost"] for row in shown], "others"),
    ]
    names = [
        f"{scope.name_of('stage', row['stage'])} · {formats.percent(_share(row), 0, language=scope.language)}"
        for row in shown
    ]
    return Drawing(
        option=charts.bars(names, series, unit="count", look=scope.look),
        unit="count",
        table=_snapshot_table(rows, closed),
        picks={"items": [{"pipeline": row["pipeline"]} for row in shown]},
        note=_(
            "Snapshot of the period: everyone who stood in the stage on any of its days, whenever they entered; beside "
            "each name, the part that moved on within the period. Drawn: %(path)s."
        )
        % {"path": scope.name_of("pipeline", main)},
    )


def _snapshot_table(rows: list[dict[str, Any]], closed: Mapping[str, dict[str, Any]]) -> Table:
    columns = [Column("pipeline", _("Pipeline")), Column("stage", _("Stage"))]
    labels = {"stood": _("Stood there"), "still": _("Still there"), "advanced": _("Moved on"), "lost": _("Lost")}
    columns += [Column(name, label, Kind.INTEGER) for name, label in labels.items()]
    columns += [Column("share", _("Stage conversion (snapshot)"), Kind.PERCENT)]
    columns += [Column("overall", _("Won of those closed (snapshot)"), Kind.PERCENT)]
    lines = []
    for row in rows:
        whole = closed.get(row["pipeline"])
        overall = Decimal(int(whole["won"]) * 100) / int(whole["closed"]) if whole and whole["closed"] else None
        lines.append([row["pipeline"], row["stage"], *(row[name] for name in labels), _share(row), overall])
    return Table(columns, lines, [{"pipeline": row["pipeline"]} for row in rows])


def _share(row: Mapping[str, Any]) -> Decimal:
    return Decimal(int(row["advanced"]) * 100) / int(row["stood"])


def journey(scope: Scope) -> Drawing:
    """Days from creation to each stage that was entered in the period."""
    with open_records(scope.principal, scope.where) as records:
        rows = records.ask(REACHED, scope.period.start, scope.period.end)
    days: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows:
        gone = max(0, (row["entered_day"] - row["created_day"]).days)
        days.setdefault((row["pipeline"], row["stage"]), []).append((gone, row["leads"]))
    if not days:
        return Drawing()
    order = stage_order()
    lines = []
    for pipeline, stage in sorted(days, key=lambda key: (key[0], order.get(key, 999), key[1])):
        counted = sorted(days[pipeline, stage])
        total = sum(count for _gone, count in counted)
        mean = Decimal(sum(gone * count for gone, count in counted)) / total
        lines.append([pipeline, stage, total, mean, _nth(counted, total, 1, 2), _nth(counted, total, 9, 10)])
    columns = [
        Column("pipeline", _("Pipeline")),
        Column("stage", _("Stage")),
        Column("leads", _("Leads"), Kind.INTEGER),
    ]
    columns += [Column("mean", _("Mean days"), Kind.NUMBER), Column("median", _("Median days"), Kind.NUMBER)]
    columns += [Column("p90", _("9 of 10 within (p90)"), Kind.NUMBER)]
    note = _("Whole days from the creation of the lead to its entry into the stage. Clock: entry into the stage.")
    return Drawing(table=Table(columns, lines), note=note)


def cycle_spread(scope: Scope) -> Drawing:
    """How the days from creation to closing spread over the deals closed in the period."""
    with open_records(scope.principal, scope.where) as records:
        rows = records.ask(CLOSED_AFTER, scope.period.start, scope.period.end)
    if not rows:
        return Drawing()
    names = [f"{low}–{high}" if high is not None else f"{low}+" for low, high in SPANS]
    counted = {
        kind: [
            sum(int(r[kind]) for r in rows if low <= r["cycle_days"] and (high is None or r["cycle_days"] <= high))
            for low, high in SPANS
        ]
        for kind in ("won", "lost")
    }
    series = [Series(_("Won"), counted["won"], "hue-3"), Series(_("Lost"), counted["lost"], "others")]
    columns = [
        Column("days", _("Days")),
        Column("won", _("Won"), Kind.INTEGER),
        Column("lost", _("Lost"), Kind.INTEGER),
    ]
    return Drawing(
        option=charts.bars(names, series, unit="count", look=scope.look, horizontal=False),
        unit="count",
        table=Table(columns, [list(row) for row in zip(names, counted["won"], counted["lost"], strict=True)]),
        note=_("Whole days from the creation of the lead to the closing of the deal. Clock: closing of the deal."),
    )


def _nth(counted: Iterable[tuple[int, int]], total: int, numerator: int, denominator: int) -> Decimal:
    """The value with `numerator`/`denominator` of the others below it, interpolated linearly like all quantiles."""
    place, beyond = divmod((total - 1) * numerator, denominator)
    low, high, passed = None, 0, 0
    for value, count in counted:
        passed += count
        if low is None and passed > place:
            low = value
        if passed > min(place + 1, total - 1):
            high = value
            break
    first = low or 0
    return first + Decimal((high - first) * beyond) / denominator


def slowest(scope: Scope) -> Drawing:
    """The open leads that exist for longest."""
    with open_records(scope.principal, scope.where) as records:
        found, end = records.ask(OLDEST), records.end
    if not found:
        return Drawing()
    columns = [Column("name", _("Lead")), Column("seller", _("Seller")), Column("stage", _("Stage"))]
    columns += [
        Column("days", _("Days since creation"), Kind.INTEGER),
        Column("here", _("Days in the stage"), Kind.INTEGER),
    ]
    columns += [Column("value", _("Value"), Kind.MONEY)]
    lines = [
        [
            row["name"] or row["lead_id"],
            row["responsible"],
            row["stage"],
            _whole_days(row["created_at"], end),
            _whole_days(row["stage_entered_at"], end),
            None if row["value_centavos"] is None else from_centavos(row["value_centavos"]),
        ]
        for row in found
    ]
    links = [lead_page(row["connection_id"], row["lead_id"]) for row in found]
    note = _("The %(most)s open leads that exist for longest.") % {"most": len(lines)}
    return Drawing(table=Table(columns, lines, links=links), note=note)


def _whole_days(since: dt.datetime | None, end: dt.datetime) -> int | None:
    return None if since is None else max(0, (end - since).days)
