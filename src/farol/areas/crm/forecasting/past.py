"""What was known at the end of a day: wins and leads by day, and the open deals then and at the same distance from the
end of earlier months. Rows that began later are never read, and a row that ended later still stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from farol.areas.crm.boards.records import Records
from farol.areas.crm.forecasting.spans import DAY, Days, back, first_of, last_of, same_distance

MONTHS = 18  # months back whose open deals are looked at
AGES = (14, 30, 60, 120)  # days since creation that part young deals from old ones

WON = """
SELECT won_day AS day, COUNT(*) AS won, COALESCE(SUM(value_centavos), 0) AS revenue FROM pipeline_state
WHERE status = 'won' AND from_day <= ? AND to_day >= ? AND {seen} GROUP BY won_day
"""
SELLERS = """
SELECT responsible_id, MIN(responsible) AS responsible,
    COALESCE(SUM(CASE WHEN won_day >= ? THEN value_centavos END), 0) AS revenue
FROM pipeline_state WHERE status = 'won' AND from_day <= ? AND to_day >= ? AND {seen}
GROUP BY responsible_id
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
# One line for each of the ends, stage and age: the deals that were open at the end of that day, and what of them was
# won by the end of its month. Deals that came on the same day and stood at the same ends are counted together first.
_OPEN = """
SELECT ends.day AS day, stays.pipeline AS pipeline, stays.stage_id AS stage_id,
    CASE WHEN stays.created_day > ends.age0 THEN 0 WHEN stays.created_day > ends.age1 THEN 1
        WHEN stays.created_day > ends.age2 THEN 2 WHEN stays.created_day > ends.age3 THEN 3 ELSE 4 END AS age,
    SUM(stays.deals) AS deals, SUM(stays.valued) AS valued, SUM(stays.value) AS value, SUM(stays.squares) AS squares,
    SUM(CASE WHEN stays.won_by = ends.until THEN stays.deals ELSE 0 END) AS won,
    SUM(CASE WHEN stays.won_by = ends.until THEN stays.revenue ELSE 0 END) AS revenue
FROM ({ends}) AS ends
JOIN (
    SELECT pipeline, stage_id, created_day, came, went, won_by, COUNT(*) AS deals,
        SUM(CASE WHEN value > 0 THEN 1 ELSE 0 END) AS valued, SUM(value) AS value,
        SUM(CAST(value AS DOUBLE) * value) AS squares, SUM(COALESCE(won_centavos, 0)) AS revenue
    FROM (
        SELECT pipeline, stage_id, created_day, won_by, won_centavos, COALESCE(value_centavos, 0) AS value,
            CASE {begins} END AS came, CASE {finishes} ELSE -1 END AS went
        FROM pipeline_state WHERE status = 'open' AND from_day <= ? AND {seen}
    ) AS deals
    WHERE came <= went GROUP BY pipeline, stage_id, created_day, came, went, won_by
) AS stays ON stays.came <= ends.place AND stays.went >= ends.place
GROUP BY ends.day, stays.pipeline, stays.stage_id, 4
"""
PLACES = range(MONTHS + 1)
_END = (
    "SELECT {n} AS place, CAST(? AS DATE) AS day, CAST(? AS DATE) AS until, CAST(? AS DATE) AS age0,"
    " CAST(? AS DATE) AS age1, CAST(? AS DATE) AS age2, CAST(? AS DATE) AS age3"
)
OPEN = (
    _OPEN.replace("{ends}", " UNION ALL ".join(_END.replace("{n}", str(n)) for n in PLACES))
    .replace("{begins}", " ".join(f"WHEN from_day <= ? THEN {n}" for n in PLACES))
    .replace("{finishes}", " ".join(f"WHEN to_day >= ? THEN {n}" for n in reversed(PLACES)))
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


@dataclass(frozen=True)
class Seller:
    """What one seller won in the month so far, in centavos."""

    name: str
    revenue: float


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

    def days(self, target: str) -> Days:
        """What each day brought of revenue, won or leads."""
        return {"revenue": self.revenue, "won": self.won, "leads": self.leads}[target]

    @cached_property
    def begin(self) -> dt.date:
        """The first day of the data."""
        return min(self.leads, default=self.day)


def known(records: Records, day: dt.date) -> Known:
    """Reads four statements; nothing that began after `day`."""
    wins = records.ask(WON, day, day)
    sellers = records.ask(SELLERS, first_of(day), day, day)
    leads = records.ask(LEADS, day, day, day)
    return Known(
        day,
        {row["day"]: float(row["won"]) for row in wins},
        {row["day"]: float(row["revenue"]) for row in wins},
        {row["day"]: float(row["leads"]) for row in leads},
        _cells(records, day),
        {row["responsible_id"]: Seller(row["responsible"], float(row["revenue"])) for row in sellers},
    )


def _cells(records: Records, day: dt.date) -> dict[int, list[Cell]]:
    ends = {same_distance(day, count): count for count in range(MONTHS, -1, -1)}
    found: dict[int, list[Cell]] = {count: [] for count in ends.values()}
    # what came of the present month is not known yet
    dates = [date for end, count in ends.items() for date in (end, min(day, last_of(back(day, count))), *_ages(end))]
    for row in records.ask(OPEN, *dates, *ends, *reversed(ends), day):
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
