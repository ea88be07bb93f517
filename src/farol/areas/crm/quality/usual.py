"""Checks that compare what is new with what is usual.

`NEW` are the leads that changed since the last publication, and `WEEKS` the weeks before the data's end: the first
load has nothing to be compared with and passes. Files and connections are judged together.
"""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any

from farol.areas.crm.channels.rules import UNCLASSIFIED
from farol.areas.crm.marts.clock import FILES
from farol.core import clock
from farol.engines.warehouse import Audit
from farol.engines.warehouse.sql import Sql, compose, literal
from farol.platform import calendar

Found = dict[str, Any] | None
WEEKS = 8
FEWEST = 0.7
SIGMAS = 4
FEW_ROWS, FEW_DEALS = 20, 5
NULL_POINTS = 20
MOST_TIMES = 3
TWIN_POINTS = 10
STALE_DAYS = 2
USUALLY = 0.95
NAMED = 5  # records that a finding names

NEW = """
    SELECT l.*, coalesce(s.run > {since}, false) AS new FROM {lead} l
    JOIN lead s ON s.connection_id = l.connection_id AND s.id = l.lead_id
"""
NULLS = """
    SELECT count(*) FILTER (new AND {among}), avg(CAST({missing} AS INTEGER)) FILTER (new AND {among}),
        count(*) FILTER (NOT new AND {among}), avg(CAST({missing} AS INTEGER)) FILTER (NOT new AND {among}),
        arg_min(lead_id, lead_id, {named}) FILTER (new AND {among} AND {missing})
    FROM ({new})
"""
COLUMNS = {
    "responsible": ("true", "responsible_id = ''"),
    "pipeline": ("true", "pipeline = ''"),
    "source": ("counts", "channel = {unclassified}"),
    "value": ("won = 1", "value_centavos IS NULL"),
    "created": ("true", "created_day IS NULL"),
}
TWINS = """
    WITH leads AS ({new}),
    met AS (SELECT new, lead_id, count(*) OVER (PARTITION BY connection_id, name, created_at, value_centavos,
        responsible_id, pipeline, source) > 1 AS twin FROM leads WHERE name <> '')
    SELECT count(*) FILTER (new), count(*) FILTER (new AND twin),
        coalesce(avg(CAST(twin AS INTEGER)) FILTER (NOT new), 0),
        count(*) FILTER (NOT new), arg_min(lead_id, lead_id, {named}) FILTER (new AND twin) FROM met
"""
VALUES = """
    SELECT count(*) FILTER (new), median(value_centavos) FILTER (new), count(*) FILTER (NOT new),
        median(value_centavos) FILTER (NOT new), arg_max(lead_id, value_centavos, {named}) FILTER (new)
    FROM ({new}) WHERE value_centavos > 0
"""
WON = """
    WITH leads AS ({new}),
    weeks AS (
        SELECT date_trunc('week', closed_day) AS week, sum(value_centavos) AS revenue,
            median(value_centavos) AS ticket,
            median(value_centavos) FILTER (new) AS new_ticket, count(*) FILTER (new) AS new_deals, count(*) AS deals,
            arg_max(lead_id, value_centavos, {named}) FILTER (new) AS ids
        FROM leads WHERE won = 1 AND value_centavos > 0 GROUP BY week)
    SELECT week, new_deals, CAST(revenue AS DOUBLE), CAST(new_ticket AS DOUBLE), before, CAST(most AS DOUBLE),
        CAST(dearest AS DOUBLE), ids FROM (
        SELECT *, count(*) OVER w AS before, max(revenue) OVER w AS most, max(ticket) OVER w AS dearest
        FROM weeks WINDOW w AS (ORDER BY week RANGE BETWEEN INTERVAL 56 DAYS PRECEDING AND INTERVAL 7 DAYS PRECEDING))
    WHERE new_deals >= {few} AND before >= 5 ORDER BY week
"""


def rows_drop(audit: Audit) -> Found:
    """The version lost many leads; or, where nobody compared them with the CRM's own, the last week has too few."""
    now = audit.row(compose("SELECT count(*) FROM {t}", t=audit.table("lead")))[0]
    before = audit.published.rows.get("lead", 0) if audit.published else 0
    if now < FEWEST * before:
        return {"rows": now, "usual": before}
    gone = audit.row("SELECT count(*) FROM lead WHERE deleted AND run > CAST(? AS BIGINT)", (_since(audit),))[0]
    if before and gone >= FEW_ROWS and gone > (1 - FEWEST) / 2 * before:
        return {"rows": now, "usual": now + gone}
    return None if "gaps" in audit.marks() else few_leads(audit)


def few_leads(audit: Audit) -> Found:
    """The last seven whole days brought far fewer leads than the weeks before, by business days, so that a week with a
    holiday is no surprise. A file may end where it likes."""
    end = audit.complete_until
    if end is None or not audit.published or set(audit.marks("until:")) <= {FILES}:
        return None
    weeks = [(end - dt.timedelta(days=7 * n + 6), end - dt.timedelta(days=7 * n)) for n in range(WEEKS + 1)]
    per_day, counts = [], []
    for first, last in weeks:
        sql = compose("SELECT count(*) FROM {t} WHERE created_day BETWEEN ? AND ?", t=audit.table("lead"))
        counts.append(audit.row(sql, (first, last))[0])
        business = sum(day.business_day for day in calendar.default().days(first, last))
        per_day.append((counts[-1] / business if business else None, business))
    known = [rate for rate, _days in per_day[1:] if rate is not None]
    usual = statistics.median(known) * per_day[0][1] if known else 0
    few = counts[0] < FEWEST * usual and counts[0] < usual - SIGMAS * usual**0.5
    if min(counts[1:]) and usual >= FEW_ROWS and few:
        return {"rows": counts[0], "usual": round(usual)}
    return None


def null_jump(audit: Audit) -> Found:
    """A column that used to come filled stopped coming."""
    for column, (among, missing) in COLUMNS.items():
        filled = compose(missing, unclassified=literal(UNCLASSIFIED))
        sql = compose(NULLS, among=Sql(among), missing=filled, new=_new(audit), named=literal(NAMED))
        count, now, old, before, ids = audit.row(sql)
        if count < FEW_DEALS or old < FEW_ROWS:
            continue
        chance = SIGMAS * (max(before, 0.02) * (1 - before) / count) ** 0.5  # what few rows may differ by luck
        if now - before > max(NULL_POINTS / 100, chance):
            return {"column": column, "now": f"{100 * now:.0f}", "before": f"{100 * before:.0f}", "ids": ids}
    return None


def sum_jump(audit: Audit) -> Found:
    """The new leads are worth, or a week with new wins brought, far more than is usual (centavos taken for reais)."""
    named = literal(NAMED)
    new, values, old, before, ids = audit.row(compose(VALUES, new=_new(audit), named=named))
    if new >= 2 * FEW_DEALS and old >= FEW_ROWS and values > MOST_TIMES * before:
        return {"what": "ticket", "times": f"{values / before:.1f}", "ids": ids}
    sql = compose(WON, new=_new(audit), few=literal(FEW_DEALS), named=named)
    for week, _deals, revenue, ticket, _before, most, dearest, ids in audit.rows(sql):
        times = max(revenue / most, ticket / dearest)
        if times > MOST_TIMES:
            return {"what": str(week)[:10], "times": f"{times:.1f}", "ids": ids}
    return None


def duplicates(audit: Audit) -> Found:
    """New leads that are alike in everything but their number: a list that was taken in twice."""
    count, twins, before, old, ids = audit.row(compose(TWINS, new=_new(audit), named=literal(NAMED)))
    if old and count and twins >= FEW_DEALS and 100 * (twins / count - before) > TWIN_POINTS:
        return {"count": twins, "ids": ids}
    return None


def stale(audit: Audit) -> Found:
    """Nothing new has come for days from a connection in which something happens on every business day."""
    for connection, until in audit.marks("until:").items():
        if connection == FILES:
            continue
        sql = compose(
            "SELECT DISTINCT day FROM (SELECT created_day AS day FROM {lead} WHERE connection_id = ? UNION ALL"
            " SELECT activity_day FROM {activity} WHERE connection_id = ?) WHERE day > ? ORDER BY day",
            lead=audit.table("lead"),
            activity=audit.table("activity"),
        )
        last = clock.local(dt.datetime.fromtimestamp(int(until), dt.UTC)).date() - dt.timedelta(days=1)
        days = {row[0] for row in audit.rows(sql, (connection, connection, last - dt.timedelta(days=70)))}
        newest = max((day for day in days if day <= last), default=None)
        if newest and _silent(days, newest, last):
            return {"day": newest.isoformat()}
    return None


def _silent(days: set[dt.date], newest: dt.date, last: dt.date) -> bool:
    business = [d.day for d in calendar.default().days(newest - dt.timedelta(days=56), last) if d.business_day]
    before = [day for day in business if day <= newest]
    waited = sum(day > newest for day in business)
    return waited > STALE_DAYS and sum(day in days for day in before) >= USUALLY * len(before)


def _since(audit: Audit) -> int:
    """The newest run that the version before holds; the first publication has no new rows, only rows."""
    known = audit.marks().get("published_run")
    return int(known) if known and audit.published else 2**62


def _new(audit: Audit) -> Sql:
    return compose(NEW, lead=audit.table("lead"), since=literal(_since(audit)))
