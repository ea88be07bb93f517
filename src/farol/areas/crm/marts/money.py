"""Leads, deals and spend in one table that only adds up; goals beside what came of them; frozen forecasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from farol.areas.crm.marts.tables import FORECAST_FROZEN, INTAKE, MONTH_GOAL, put
from farol.areas.crm.models import Forecast, Goal, Spend
from farol.core.money import split, to_centavos
from farol.engines.warehouse import Build
from farol.engines.warehouse.sql import Sql, compose

SPEND = {
    "day": "DATE",
    "channel": "TEXT",
    "source": "TEXT",
    "utm_source": "TEXT",
    "utm_medium": "TEXT",
    "utm_campaign": "TEXT",
    "cost": "BIGINT",
}
INTAKE_ROWS = """
    SELECT * EXCLUDE (cost_centavos), CASE WHEN counts THEN 'lead' ELSE 'deal' END AS kind,
        CAST(counts AS INTEGER) AS leads,
        CAST(counts AND channel <> 'unclassified' AS INTEGER) AS classified,
        CASE WHEN won = 1 THEN coalesce(value_centavos, 0) ELSE 0 END AS revenue_centavos, w.cost_centavos,
        CAST(counts AND response_seconds IS NOT NULL AS INTEGER) AS responded
    FROM {target}.lead l JOIN (SELECT connection_id, lead_id, cost_centavos FROM wide) w USING (connection_id,
        lead_id)
    UNION ALL BY NAME
    SELECT '' AS connection_id, '' AS lead_id, 'spend' AS kind, day AS created_day, channel, source, utm_source,
        utm_medium,
        utm_campaign, cost AS cost_centavos, 0 AS leads, 0 AS classified, 0 AS won, 0 AS lost, 0 AS responded,
            0 AS revenue_centavos
    FROM spend
"""
GOAL = {
    "month": "DATE",
    "responsible_id": "TEXT",
    "channel": "TEXT",
    "revenue": "BIGINT",
    "won": "INTEGER",
    "leads": "INTEGER",
}
GOALS = """
    WITH closed AS (
        SELECT date_trunc('month', closed_day) AS month, responsible_id, channel,
            sum(revenue_centavos) AS revenue, sum(won) AS won
        FROM {target}.deal GROUP BY ALL),
    made AS (
        SELECT date_trunc('month', created_day) AS month, responsible_id, channel, sum(leads) AS leads
        FROM {target}.intake WHERE kind <> 'spend' GROUP BY ALL)
    SELECT g.month, g.responsible_id, coalesce(s.seller, g.responsible_id) AS responsible, g.channel,
        g.revenue AS revenue_centavos, g.won, g.leads,
        coalesce((SELECT sum(revenue) FROM closed c WHERE {same}), 0) AS actual_revenue_centavos,
        coalesce((SELECT sum(won) FROM closed c WHERE {same}), 0) AS actual_won,
        coalesce((SELECT sum(leads) FROM made c WHERE {same}), 0) AS actual_leads
    FROM goal g LEFT JOIN (SELECT seller_id, min(seller) AS seller FROM seller GROUP BY seller_id) s
        ON s.seller_id = g.responsible_id
"""
SAME = Sql("c.month = g.month AND g.responsible_id IN ('', c.responsible_id) AND g.channel IN ('', c.channel)")
FROZEN = {
    "month": "DATE",
    "as_of": "DATE",
    "target": "TEXT",
    "subject": "TEXT",
    "model": "TEXT",
    "value_centavos": "BIGINT",
    "low_centavos": "BIGINT",
    "high_centavos": "BIGINT",
    "actual_centavos": "BIGINT",
    "count_value": "DOUBLE",
    "chosen": "BOOLEAN",
}


def fill(build: Build) -> None:
    build.temp("spend", SPEND, _spend())
    put(build, INTAKE, compose(INTAKE_ROWS, target=build.target))
    build.temp("goal", GOAL, _goals())
    put(build, MONTH_GOAL, compose(GOALS, target=build.target, same=SAME))
    frozen = build.temp("frozen", FROZEN, _forecasts())
    put(build, FORECAST_FROZEN, compose("SELECT * FROM {t}", t=frozen))


def _spend() -> Iterator[tuple[Any, ...]]:
    """An amount is spread evenly over its days, to the centavo."""
    for row in Spend.objects.iterator():
        days = (row.last - row.first).days + 1
        for n, amount in enumerate(split(row.amount, [1] * days)):
            day = row.first + dt.timedelta(days=n)
            where = (row.channel, row.source, row.utm_source, row.utm_medium, row.utm_campaign)
            yield day, *where, to_centavos(amount)


def _goals() -> Iterator[tuple[Any, ...]]:
    for goal in Goal.objects.iterator():
        revenue = None if goal.revenue is None else to_centavos(goal.revenue)
        yield goal.month, goal.responsible_id, goal.channel, revenue, goal.won, goal.leads


def _forecasts() -> Iterator[tuple[Any, ...]]:
    """Money in centavos; of a forecast of wins or leads only `count_value`."""
    for row in Forecast.objects.iterator():
        amounts = (row.value, row.low, row.high, row.actual)
        money = row.target == "revenue"
        centavos = [to_centavos(a) if money and a is not None else None for a in amounts]
        count = None if money else float(row.value)
        yield row.month, row.as_of, row.target, row.subject, row.model, *centavos, count, row.chosen
