"""Six tables by the names that the replaced system had, as views for outsiders: money in reais, times in the business
zone, and nothing in them that is not a fact. Words that PostgreSQL, MariaDB and ClickHouse all understand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from farol.core import clock
from farol.engines.warehouse.sql import Sql, compose, each, listed, literal

TRACKING = "utm_source utm_medium utm_campaign utm_content utm_term utm_referrer referrer gclid fbclid gclientid"
FIRST_YEAR, YEARS_AHEAD = 2010, 5
# decimals all the way: ClickHouse divides whole numbers as floats, and cuts where the others round
CENTAVOS = Sql("CAST(CAST({column} AS DECIMAL(20, 2)) / 100 AS DECIMAL(18, 2))")
RATIO = Sql("CAST(ROUND(CAST({part} AS DECIMAL(24, 8)) / NULLIF({whole}, 0), {digits}) AS DECIMAL(18, {digits}))")

LEADS_METRICS = """
SELECT {keys}, l.name AS lead_name, l.created_day AS created_date,
    CAST({created} AS TIME) AS created_time, l.source AS primary_source, l.channel AS channel,
    l.source AS detailed_source, {tracking}, l.origin AS lead_source_field, {value} AS lead_value, {cost} AS lead_cost,
    {response} AS response_time_hours,
    SUBSTRING(i.stage_id FROM 1 FOR POSITION(':' IN i.stage_id) - 1) AS pipeline_id,
    SUBSTRING(i.stage_id FROM POSITION(':' IN i.stage_id) + 1) AS status_id,
    l.pipeline AS pipeline, l.stage AS status_name, l.responsible_id AS responsible_user_id,
    l.responsible AS vendedor, l.contacts AS contact_count, l.status AS status
FROM {{lead}} l
LEFT JOIN {{stage_interval}} i
    ON i.connection_id = l.connection_id AND i.lead_id = l.lead_id AND i.is_current = 1
LEFT JOIN {{intake}} c ON c.connection_id = l.connection_id AND c.lead_id = l.lead_id AND c.kind <> 'spend'
WHERE l.counts
"""
FUNNEL_HISTORY = """
SELECT {keys}, i.stage_id AS status_id, i.stage AS status_name,
    CASE WHEN s.kind = 142 THEN 'won' WHEN s.kind = 143 THEN 'lost' ELSE 'open' END AS status_type,
    i.stage_order AS status_sort, {entered} AS entry_date, {left} AS exit_date, {hours} AS time_in_status_hours,
    i.is_current AS is_current_status,
    CASE WHEN i.lost_here = 1 THEN 'lost' WHEN i.lateral = 1 THEN 'lateral' WHEN i.regressed = 1 THEN 'regression'
        WHEN i.advanced = 1 AND t.kind = 142 THEN 'won' WHEN i.advanced = 1 THEN 'advance' END AS conversion_type,
    i.next_stage AS next_status_name, {value} AS lead_value, i.responsible_id AS responsible_user_id,
    i.responsible AS vendedor, i.loss_reason AS loss_reason_name
FROM {{stage_interval}} i
LEFT JOIN {{stage}} s ON s.connection_id = i.connection_id AND s.stage_id = i.stage_id
LEFT JOIN {{stage_interval}} n
    ON n.connection_id = i.connection_id AND n.lead_id = i.lead_id AND n."interval" = i."interval" + 1
LEFT JOIN {{stage}} t ON t.connection_id = n.connection_id AND t.stage_id = n.stage_id
"""
COMMERCIAL_ACTIVITIES = """
SELECT {keys}, a.kind AS activity_type,
    CASE WHEN a.kind LIKE '%call%' THEN 'call' WHEN a.kind LIKE 'message%' THEN 'message'
        WHEN a.kind = 'mail' THEN 'mail' WHEN a.meeting = 1 THEN 'meeting' ELSE 'other' END AS contact_type,
    a.responsible_id AS user_id, a.responsible AS vendedor, a.activity_day AS activity_date, {moment} AS activity_at,
    {due} AS complete_till, {completed} AS completed_at, {length}, a.completed AS is_completed,
    a.on_time AS is_completed_on_time, a.overdue AS is_overdue, a.contact AS contacts_sent,
    a.answered AS responses_received, a.follow_up AS is_follow_up, a.meeting AS is_meeting, a.urgency AS urgency_score,
    x.text AS note_text
FROM {{activity}} a
LEFT JOIN {{activity_text}} x ON x.connection_id = a.connection_id AND x.activity_id = a.activity_id
"""
SALES_METRICS = """
SELECT l.lead_id, l.connection_id, l.responsible AS vendedor, l.team AS vendedor_role, l.status,
    l.stage AS status_name, {value} AS sale_price, l.cycle_days AS sales_cycle_days, l.created_day AS created_date,
    {closed} AS closed_at, l.pipeline, l.loss_reason, l.source AS primary_source, l.channel, l.product
FROM {{lead}} l
"""
PERFORMANCE_VENDEDORES = """
SELECT f.day AS metric_date, f.responsible_id AS responsible_user_id, f.responsible AS vendedor,
    SUM(f.leads) AS total_leads, SUM(f.won) AS vendas_ganhas, SUM(f.lost) AS vendas_perdidas,
    {revenue} AS receita_total, {win_rate} AS win_rate, {ticket} AS ticket_medio,
    {response} AS response_time_hours, {cycle} AS sales_cycle_days,
    SUM(f.activities) AS total_activities
FROM (
    SELECT created_day AS day, responsible_id, responsible, leads, 0 AS won, 0 AS lost, 0 AS valued, 0 AS revenue,
        COALESCE(response_seconds, 0) AS response, responded, 0 AS cycle, 0 AS activities
    FROM {{intake}} WHERE kind = 'lead'
    UNION ALL
    SELECT closed_day, responsible_id, responsible, 0, won, lost, valued, revenue_centavos, 0, 0,
        CASE WHEN won = 1 THEN cycle_days ELSE 0 END, 0
    FROM {{deal}}
    UNION ALL
    SELECT activity_day, responsible_id, responsible, 0, 0, 0, 0, 0, 0, 0, 0, activities FROM {{activity}}
) f
GROUP BY f.day, f.responsible_id, f.responsible
"""
MONTHLY_FORECASTS = """
SELECT f.month AS forecast_month, f.as_of AS forecast_date, {keys},
    CASE WHEN f.target = 'revenue' THEN {value} ELSE CAST(f.count_value AS DECIMAL(18, 2)) END AS forecast_value,
    {low} AS forecast_low, {high} AS forecast_high, {actual} AS actual_value,
    CASE WHEN f.subject <> '' THEN NULL WHEN f.target = 'revenue' THEN {goal} WHEN f.target = 'won' THEN g.won
        ELSE g.leads END AS goal_value, {chosen}
FROM {{forecast_frozen}} f
LEFT JOIN {{month_goal}} g ON g.month = f.month AND g.responsible_id = '' AND g.channel = ''
"""


def crm_views(_schema: str) -> Mapping[str, str]:
    """View name -> its SELECT, with the published tables as `{lead}`, `{deal}`…"""
    leads = {"value": _reais("l.value_centavos"), "cost": _reais("c.cost_centavos")}
    funnel = {"entered": _local("i.entered_at"), "left": _local("i.left_at"), "value": _reais("i.value_centavos")}
    moments = {"moment": _local('a."at"'), "due": _local("a.due_at"), "completed": _local("a.completed_at")}
    money = {name: _reais(f"f.{name}_centavos") for name in ("value", "low", "high", "actual")}
    return {
        "leads_metrics": compose(
            LEADS_METRICS,
            keys=_same("l", "lead_id connection_id"),
            tracking=_same("l", TRACKING),
            created=_local("l.created_at"),
            response=_hours("l.response_seconds"),
            **leads,
        ),
        "funnel_history": compose(
            FUNNEL_HISTORY, keys=_same("i", "lead_id connection_id pipeline"), hours=_hours("i.seconds"), **funnel
        ),
        "commercial_activities": compose(
            COMMERCIAL_ACTIVITIES,
            keys=_same("a", "activity_id connection_id lead_id"),
            length=_same("a", "duration_seconds"),
            **moments,
        ),
        "sales_metrics": compose(SALES_METRICS, value=_reais("l.value_centavos"), closed=_local("l.closed_at")),
        "performance_vendedores": compose(
            PERFORMANCE_VENDEDORES,
            revenue=_reais("SUM(f.revenue)"),
            win_rate=_ratio("100 * SUM(f.won)", "(SUM(f.won) + SUM(f.lost))", 4),
            ticket=_ratio("SUM(f.revenue)", "(100 * SUM(f.valued))", 2),
            response=_ratio("SUM(f.response)", "(3600 * SUM(f.responded))", 4),
            cycle=_ratio("SUM(f.cycle)", "SUM(f.won)", 4),
        ),
        "monthly_forecasts": compose(
            MONTHLY_FORECASTS,
            keys=_same("f", "target subject model"),
            chosen=_same("f", "chosen"),
            goal=_reais("g.revenue_centavos"),
            **money,
        ),
    }


def _same(table: str, columns: str) -> Sql:
    """Columns by their own names: in a join ClickHouse would call them `l.lead_id`."""
    return each(f"{table}.{{0}} AS {{0}}", columns.split())


def _reais(column: str) -> Sql:
    return compose(CENTAVOS, column=Sql(column))


def _hours(column: str) -> Sql:
    return _ratio(column, "3600", 4)


def _ratio(part: str, whole: str, digits: int) -> Sql:
    return compose(RATIO, part=Sql(part), whole=Sql(whole), digits=literal(digits))


def _local(column: str) -> Sql:
    """An instant in UTC as local time: MariaDB knows no zones until somebody loads them, so they are written out."""
    *before, last = _offsets(clock.zone(), clock.today().year + YEARS_AHEAD)
    case = "WHEN {c} < TIMESTAMP {until} THEN {there}"
    cases = [compose(case, c=Sql(column), until=literal(end), there=_moved(column, m)) for end, m in before]
    if not cases:
        return _moved(column, last[1])
    return compose("CASE {cases} ELSE {there} END", cases=listed(cases, " "), there=_moved(column, last[1]))


def _moved(column: str, minutes: int) -> Sql:
    return compose("{c} + INTERVAL {minutes} MINUTE", c=Sql(column), minutes=literal(str(minutes)))


@lru_cache(maxsize=4)
def _offsets(zone: ZoneInfo, last_year: int) -> tuple[tuple[str, int], ...]:
    """(end in UTC, minutes from UTC) of each stretch with one offset; the last one has no end."""
    found: list[tuple[str, int]] = []
    moment, end = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC), dt.datetime(last_year, 12, 31, tzinfo=dt.UTC)
    step, minutes = dt.timedelta(minutes=30), _minutes(moment, zone)
    while moment < end:
        day_later = moment + dt.timedelta(days=1)
        if _minutes(day_later, zone) == minutes:
            moment = day_later
            continue
        while _minutes(moment, zone) == minutes:
            moment += step
        found.append((f"{moment:%Y-%m-%d %H:%M:%S}", minutes))
        minutes = _minutes(moment, zone)
    return (*found, ("", minutes))


def _minutes(moment: dt.datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - the moment has a zone
    return int(offset.total_seconds()) // 60
