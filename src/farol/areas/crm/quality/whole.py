"""Checks that nothing was lost or counted twice on the way from the CRM to the published tables."""

from __future__ import annotations

import json
from typing import Any

from farol.engines.warehouse import Audit
from farol.engines.warehouse.sql import Sql, compose, ident

Found = dict[str, Any] | None
KEYED = {
    "lead": ("connection_id", "lead_id"),
    "deal": ("connection_id", "lead_id"),
    "activity": ("connection_id", "activity_id"),
    "stage_interval": ("connection_id", "lead_id", "interval"),
    "pipeline_state": ("connection_id", "lead_id", "from_day"),
    "seller": ("connection_id", "seller_id"),
}
LEADS = "SELECT count(*), coalesce(sum({value}), 0), count(*) FILTER ({closed}) FROM {t} WHERE {where}"
AGREEING = """
    SELECT (SELECT count(*) FROM {lead}) - (SELECT count(*) FROM {intake} WHERE kind <> 'spend'),
        (SELECT count(*) FROM {lead} WHERE open = 0) - (SELECT count(*) FROM {deal}),
        (SELECT coalesce(sum(value_centavos), 0) FROM {lead} WHERE won = 1)
            - (SELECT coalesce(sum(revenue_centavos), 0) FROM {deal}),
        (SELECT coalesce(sum(revenue_centavos), 0) FROM {intake})
            - (SELECT coalesce(sum(revenue_centavos), 0) FROM {deal}),
        (SELECT count(*) FROM {lead}) - (SELECT count(*) FROM {interval} WHERE is_current = 1),
        (SELECT count(*) FROM {lead})
            - (SELECT count(*) FROM {state} WHERE to_day = DATE '9999-12-31' AND status <> 'deleted')
"""


def empty(audit: Audit) -> Found:
    return None if audit.row(compose("SELECT count(*) FROM {t}", t=audit.table("lead")))[0] else {}


def keys_unique(audit: Audit) -> Found:
    """Joins must not multiply rows."""
    for table, columns in KEYED.items():
        keys = Sql(", ".join(ident(c) for c in columns))
        sql = "SELECT count(*) FROM (SELECT 1 FROM {t} GROUP BY {keys} HAVING count(*) > 1)"
        count = audit.row(compose(sql, t=audit.table(table), keys=keys))[0]
        if count:
            named = "SELECT {id} FROM {t} GROUP BY {keys} HAVING count(*) > 1 ORDER BY 1 LIMIT 5"
            ids = audit.rows(compose(named, id=ident(columns[1]), t=audit.table(table), keys=keys))
            return {"table": table, "count": count, "ids": [row[0] for row in ids]}
    return None


def lossless(audit: Audit) -> Found:
    """Leads, their value and the closed ones equal those that were loaded."""
    ours = compose(
        LEADS,
        value=Sql("value_centavos"),
        closed=Sql("open = 0"),
        t=audit.table("lead"),
        where=Sql("true"),
    )
    theirs = compose(
        LEADS,
        value=Sql("greatest(price_centavos, 0)"),
        closed=Sql("status IN ('won', 'lost')"),
        t=Sql("lead"),
        where=Sql("NOT deleted"),
    )
    published, loaded = audit.row(ours), audit.row(theirs)
    return None if published == loaded else {"rows": published[0], "loaded": loaded[0]}


def agreeing(audit: Audit) -> Found:
    """Every table tells the same number of leads and deals and the same revenue."""
    names = {"interval": "stage_interval", "state": "pipeline_state"}
    tables = {n: audit.table(names.get(n, n)) for n in ("lead", "intake", "deal", "interval", "state")}
    differences = audit.row(compose(AGREEING, **tables))
    return {"count": sum(d != 0 for d in differences)} if any(differences) else None


def reconciled(audit: Audit) -> Found:
    """Days on which the CRM, asked again, has other records than were loaded."""
    gaps = int(audit.marks().get("gaps") or 0)
    return {"count": gaps} if gaps else None


def schema(audit: Audit) -> Found:
    """Fields without which a record cannot be counted are there."""
    missing = json.loads(audit.marks().get("contract") or "{}")
    return {"entities": ", ".join(sorted(missing))} if missing else None
