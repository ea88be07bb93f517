"""What was known at the end of a day: wins and leads by day, and the open deals then and at the same distance from the
end of earlier months. Rows that began later are never read, and a row that ended later still stands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from farol.areas.crm.boards.records import Records
from farol.areas.crm.forecasting.spans import DAY, Days, back, last_of, same_distance

MONTHS = 18  # months back whose open deals are looked at
AGES = (14, 30, 60, 120)  # days since creation that part young deals from old ones

WON = """
SELECT day, responsible_id, responsible, COUNT(*) AS won, COALESCE(SUM(value), 0) AS revenue FROM (
    SELECT connection_id, lead_id,
        MAX(CASE WHEN status = 'won' AND (was IS NULL OR was <> 'won') THEN from_day END) AS day,
        MAX(CASE WHEN to_day >= ? THEN status END) AS status,
        MAX(CASE WHEN to_day >= ? THEN responsible_id END) AS responsible_id,
        MAX(CASE WHEN to_day >= ? THEN responsible END) AS responsible,
        MAX(CASE WHEN to_day >= ? THEN value_centavos END) AS value
    FROM (
        SELECT connection_id, lead_id, from_day, to_day, status, responsible_id, responsible, value_centavos,
            LAG(status) OVER (PARTITION BY connection_id, lead_id ORDER BY from_day) AS was
        FROM pipeline_state WHERE from_day <= ? AND {seen}
    ) AS states
    GROUP BY connection_id, lead_id
) AS leads
WHERE status = 'won' GROUP BY day, responsible_id, responsible
"""
# leads deleted since then were there that day
LEADS = """
SELECT day, SUM(leads) AS leads FROM (
    SELECT created_day AS day, leads FROM intake WHERE created_day <= ? AND {seen}
    UNION ALL
    SELECT created_day AS day, 1 AS leads FROM pipeline_state
    WHERE status = 'deleted' AND from_day > ? AND created_day <= ? AND {seen}
) AS born
GROUP BY day
"""
# One line for each of the days in `ends`, stage and age: the deals that were open at its end, and what of them was won
# by the end of its month.
OPEN = """
SELECT ends.day AS day, deals.pipeline AS pipeline, deals.stage_id AS stage_id,
    CASE WHEN deals.created_day > ends.age0 THEN 0 WHEN deals.created_day > ends.age1 THEN 1
        WHEN deals.created_day > ends.age2 THEN 2 WHEN deals.created_day > ends.age3 THEN 3 ELSE 4 END AS age,
    COUNT(*) AS deals, SUM(CASE WHEN deals.value > 0 THEN 1 ELSE 0 END) AS valued, SUM(deals.value) AS value,
    SUM(CAST(deals.value AS DOUBLE) * deals.value) AS squares,
    SUM(CASE WHEN wins.lead_id IS NULL THEN 0 ELSE 1 END) AS won, SUM(COALESCE(wins.value, 0)) AS revenue
FROM ({ends}) AS ends
JOIN (
    SELECT connection_id, lead_id, pipeline, stage_id, created_day, from_day, to_day,
        COALESCE(value_centavos, 0) AS value
    FROM pipeline_state WHERE from_day <= ? AND status = 'open' AND {seen}
) AS deals ON deals.from_day <= ends.day AND deals.to_day >= ends.day
LEFT JOIN (
    SELECT connection_id, lead_id, from_day, to_day, COALESCE(value_centavos, 0) AS value
    FROM pipeline_state WHERE from_day <= ? AND status = 'won' AND {seen}
) AS wins ON wins.connection_id = deals.connection_id AND wins.lead_id = deals.lead_id
    AND wins.from_day > ends.day AND wins.from_day <= ends.until AND wins.to_day >= ends.until
GROUP BY ends.day, deals.pipeline, deals.stage_id, 4
"""
END = (
    "SELECT CAST(? AS DATE) AS day, CAST(? AS DATE) AS until, CAST(? AS DATE) AS age0, CAST(? AS DATE) AS age1,"
    " CAST(? AS DATE) AS age2, CAST(? AS DATE) AS age3"
)


@dataclass(frozen=True)
class Cell:
    """Open deals of one stage and age at the end of one day, and what came of them in that month; money in centavos.

    `valued` have a value, together `value`, and `squares` is the sum of its squares.
    """

    stage: tuple[str, str]
    age: int
    deals: int
    valued: int
    value: float
    squares: float
    won: int
    revenue: float


@dataclass
class Seller:
    """One seller's wins by day, in centavos."""

    name: str
    revenue: dict[dt.date, float]


@dataclass(frozen=True)
class Known:
    """What was known at the end of `day`. `cells` has the open deals at its end under 0, and those at the same distance
    from the end of the month n months before under n. Money in centavos."""

    day: dt.date
    won: Days
    revenue: Days
    leads: Days
    cells: dict[int, list[Cell]]
    sellers: dict[str, Seller]


def known(records: Records, day: dt.date) -> Known:
    """Reads three statements; nothing that began after `day`."""
    won: dict[dt.date, float] = defaultdict(float)
    revenue: dict[dt.date, float] = defaultdict(float)
    sellers: dict[str, Seller] = {}
    # in one order, whatever the engine's: sums of floats depend on it, and what was said must come out again
    for row in sorted(records.ask(WON, day, day, day, day, day), key=lambda row: (row["day"], row["responsible_id"])):
        won[row["day"]] += row["won"]
        revenue[row["day"]] += float(row["revenue"])
        seller = sellers.setdefault(row["responsible_id"], Seller(row["responsible"], {}))
        seller.revenue[row["day"]] = seller.revenue.get(row["day"], 0.0) + float(row["revenue"])
    leads = {row["day"]: float(row["leads"]) for row in records.ask(LEADS, day, day, day)}
    return Known(day, won, revenue, leads, _cells(records, day), sellers)


def _cells(records: Records, day: dt.date) -> dict[int, list[Cell]]:
    ends = {same_distance(day, count): count for count in range(MONTHS, -1, -1)}
    found: dict[int, list[Cell]] = {count: [] for count in ends.values()}
    dates = [date for end, count in ends.items() for date in (end, last_of(back(day, count)), *_ages(end))]
    template = OPEN.replace("{ends}", " UNION ALL ".join([END] * len(ends)))
    for row in records.ask(template, *dates, day, day):
        found[ends[row["day"]]].append(
            Cell(
                (row["pipeline"], row["stage_id"]),
                int(row["age"]),
                int(row["deals"]),
                int(row["valued"]),
                float(row["value"]),
                float(row["squares"]),
                int(row["won"]),
                float(row["revenue"]),
            )
        )
    return {count: sorted(cells, key=lambda cell: (cell.stage, cell.age)) for count, cells in found.items()}


def _ages(day: dt.date) -> list[dt.date]:
    return [day - days * DAY for days in AGES]
