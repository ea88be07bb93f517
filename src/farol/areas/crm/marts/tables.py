"""The published tables of the commercial area.

Money is centavos, `*_day` a local day, `*_at` an instant in UTC. A text that is not known is empty, never NULL.
`stage` is the lead's present stage; of a `deal` the last open one, where it was won or lost from.
"""

from __future__ import annotations

from farol.engines.warehouse import Build, Table
from farol.engines.warehouse.sql import Sql, compose, ident, listed

DIM = (
    "responsible_id",
    "responsible",
    "team",
    "channel",
    "source",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "pipeline",
    "stage",
    "loss_reason",
    "product",
)


def _columns(
    texts: str = "",
    *,
    lead: bool = True,
    dim: bool = True,
    days: str = "",
    instants: str = "",
    counts: str = "",
    big: str = "",
    flags: str = "",
    numbers: str = "",
) -> dict[str, str]:
    names = ["connection_id", *(["lead_id"] if lead else []), *(DIM if dim else ()), *texts.split()]
    kinds = dict.fromkeys(names, "TEXT")
    more = (days, "DATE"), (instants, "TIMESTAMP"), (counts, "INTEGER"), (big, "BIGINT"), (flags, "BOOLEAN")
    for names_of_kind, kind in (*more, (numbers, "DOUBLE PRECISION")):
        kinds |= dict.fromkeys(names_of_kind.split(), kind)
    return kinds


LEAD = Table(
    "lead",
    _columns(
        "name status rule tags utm_content utm_term utm_referrer referrer gclid fbclid gclientid origin",
        days="created_day closed_day",
        instants="created_at closed_at updated_at first_response_at last_touch_at last_inbound_at stage_entered_at",
        counts="stage_order rule_version contacts activities tasks_open tasks_overdue won lost open cycle_days",
        big="value_centavos response_seconds business_response_seconds",
        flags="counts",
    ),
    ("created_day", "lead_id"),
    (("lead_id",), ("created_day",), ("responsible_id",)),
)
INTAKE = Table(
    "intake",
    _columns(
        "kind",
        days="created_day",
        counts="leads classified won lost responded cycle_days",
        big="revenue_centavos cost_centavos response_seconds business_response_seconds",
    ),
    ("created_day", "lead_id"),
    (("created_day",),),
)
DEAL = Table(
    "deal",
    _columns(
        days="closed_day created_day",
        counts="deals won lost valued cycle_days activities",
        big="revenue_centavos value_centavos",
    ),
    ("closed_day", "lead_id"),
    (("closed_day",),),
)
STAGE_INTERVAL = Table(
    "stage_interval",
    _columns(
        "stage_id next_stage",
        days="entered_day left_day",
        instants="entered_at left_at",
        counts="interval stage_order is_first is_final is_current advanced regressed lateral lost_here won_later"
        " lost_later entered",
        big="seconds value_centavos",
    ),
    ("entered_day", "lead_id", "interval"),
    (("entered_day",), ("lead_id",)),
)
ACTIVITY = Table(
    "activity",
    _columns(
        "activity_id kind",
        days="activity_day",
        instants="at due_at completed_at",
        counts="outgoing contact meeting follow_up task due completed on_time overdue urgency answered activities",
        big="duration_seconds",
    ),
    ("activity_day", "lead_id", "activity_id"),
    (("activity_day",), ("lead_id",)),
)
ACTIVITY_TEXT = Table(
    "activity_text",
    _columns("activity_id text", dim=False),
    ("activity_id",),
    (("activity_id",),),
)
PIPELINE_STATE = Table(
    "pipeline_state",
    _columns(
        "status stage_id name",
        days="from_day to_day created_day won_day won_by",
        counts="stage_order",
        big="value_centavos won_centavos",
    ),
    ("from_day", "lead_id"),
    (("lead_id",), ("from_day", "to_day")),
)
PIPELINE_DAILY = Table(
    "pipeline_daily",
    _columns(lead=False, days="day", counts="stage_order open", big="value_centavos"),
    ("day",),
    (("day",),),
)
MONTH_GOAL = Table(
    "month_goal",
    {
        "month": "DATE",
        "responsible_id": "TEXT",
        "responsible": "TEXT",
        "channel": "TEXT",
        "revenue_centavos": "BIGINT",
        "won": "INTEGER",
        "leads": "INTEGER",
        "actual_revenue_centavos": "BIGINT",
        "actual_won": "INTEGER",
        "actual_leads": "INTEGER",
    },
    ("month", "responsible_id", "channel"),
)
STAGE = Table(
    "stage",
    _columns("pipeline pipeline_id stage stage_id", lead=False, dim=False, counts="stage_order kind"),
    ("pipeline_id", "stage_order"),
)
SELLER = Table("seller", _columns("seller_id seller team", lead=False, dim=False, flags="active"), ("seller_id",))
FORECAST_FROZEN = Table(
    "forecast_frozen",
    {
        "month": "DATE",
        "as_of": "DATE",
        "target": "TEXT",
        "subject": "TEXT",
        "model": "TEXT",
        "value_centavos": "BIGINT",
        "low_centavos": "BIGINT",
        "high_centavos": "BIGINT",
        "actual_centavos": "BIGINT",
        "count_value": "DOUBLE PRECISION",
        "chosen": "BOOLEAN",
    },
    ("month", "as_of"),
)
FAULT = Table(
    "fault",
    _columns("responsible_id responsible check_name detail", dim=False, days="day"),
    ("check_name", "day", "lead_id"),
)
TABLES = (
    LEAD,
    INTAKE,
    DEAL,
    STAGE_INTERVAL,
    ACTIVITY,
    ACTIVITY_TEXT,
    PIPELINE_STATE,
    PIPELINE_DAILY,
    MONTH_GOAL,
    STAGE,
    SELLER,
    FORECAST_FROZEN,
    FAULT,
)


def put(build: Build, table: Table, select: Sql) -> None:
    """Fill a table from a SELECT that has its columns by name, among others; unknown texts become empty."""
    texts, others = Sql("coalesce({name}, '') AS {name}"), Sql("{name}")
    columns = listed(compose(texts if k == "TEXT" else others, name=ident(n)) for n, k in table.columns.items())
    build.fill(table, compose("SELECT {columns} FROM ({select})", columns=columns, select=select))
