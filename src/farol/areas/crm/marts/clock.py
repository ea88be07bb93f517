"""The two clocks of the area: local days in the business zone, and seconds of business hours.

The data's end is what the loads said (`until:<connection>`), never now: a file of 2017 must not grow days until today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings

from farol.core import clock
from farol.engines.warehouse import Audit, Build
from farol.engines.warehouse.sql import Sql, compose, literal
from farol.platform import calendar

FILES = "csv"
EARLIEST = dt.date(1990, 1, 1)

MACROS = (
    "CREATE OR REPLACE TEMP MACRO local_day(x) AS CAST(timezone({zone}, to_timestamp(x)) AS DATE)",
    "CREATE OR REPLACE TEMP MACRO instant(x) AS make_timestamp(x * 1000000)",
)
ENDS = Sql("""
    CREATE OR REPLACE TEMP TABLE ends AS
    SELECT l.connection_id, coalesce(max(CAST(m.value AS BIGINT)), max(greatest(l.created_at, l.updated_at))) AS until
    FROM lead l LEFT JOIN mark m ON m.name = 'until:' || l.connection_id GROUP BY l.connection_id
""")
SPAN = Sql("""
    SELECT min(local_day(created_at)), max(local_day(created_at)) FROM
    (SELECT created_at FROM lead UNION ALL SELECT created_at FROM event UNION ALL SELECT created_at FROM note
     UNION ALL SELECT completed_at FROM task UNION ALL SELECT until FROM ends)
""")
HOURS = {"day": "DATE", "opens": "BIGINT", "length": "BIGINT", "before": "BIGINT"}


def prepare(build: Build) -> None:
    """Macros `local_day` and `instant` (of unix seconds) and the tables `ends` and `hours`."""
    for macro in MACROS:
        build.connection.execute(compose(macro, zone=literal(clock.zone().key)))
    build.connection.execute(ENDS)
    found = build.connection.execute(SPAN).fetchone()
    first, last = found if found and found[0] else (clock.today(), clock.today())
    build.temp("hours", HOURS, _hours(max(first, EARLIEST), last))


def _hours(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, int, int, int]]:
    """Each day, when business opens on it, for how many seconds, and the business seconds of all days before."""
    opens, closes = settings.FAROL_BUSINESS_HOURS
    before = 0
    for day in calendar.default().days(first, last):
        start, end = (dt.datetime.combine(day.day, time, clock.zone()).timestamp() for time in (opens, closes))
        length = int(end - start) if day.business_day else 0
        yield day.day, int(start), length, before
        before += length


def complete_until(audit: Audit) -> dt.date | None:
    """The last local day that is whole in every connection that is synced; of files only where nothing is."""
    until = {connection: int(value) for connection, value in audit.marks("until:").items()}
    synced = [value for connection, value in until.items() if connection != FILES]
    ends = synced or list(until.values())
    if not ends:
        return None
    day = clock.local(dt.datetime.fromtimestamp(min(ends), dt.UTC)).date()
    return day - dt.timedelta(days=1)
