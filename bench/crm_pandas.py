"""Run with the rivals' Python: the six modules of the commercial area the way the replaced system does them, loops over
the rows of data frames and tables of a MariaDB between the modules. `crm_pandas.py FOLDER CONNECTION_AS_JSON` prints
the seconds it took and what came out, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import pandas as pd
import pymysql

FOLDER = sys.argv[1]
DATABASE = pymysql.connect(**json.loads(sys.argv[2]), autocommit=False, charset="utf8mb4")
DAY = 86400


def save(name: str, rows: list[dict[str, Any]]) -> None:
    """Row by row, as the modules keep their results."""
    frame = pd.DataFrame(rows)
    columns = list(frame.columns)
    kinds = ["DOUBLE" if str(frame[c].dtype).startswith(("float", "int")) else "VARCHAR(255)" for c in columns]
    with DATABASE.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TABLE {name} ({', '.join(f'{c} {k}' for c, k in zip(columns, kinds, strict=True))})")
        sql = f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(columns))})"
        for _, row in frame.iterrows():
            cursor.execute(sql, [None if pd.isna(v) else (v.item() if hasattr(v, "item") else v) for v in row])
    DATABASE.commit()


def table(name: str) -> pd.DataFrame:
    with DATABASE.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")
        return pd.DataFrame(cursor.fetchall(), columns=[d[0] for d in cursor.description])


def source(lead: pd.Series) -> str:
    for field, found in (("gclid", "Google Ads"), ("fbclid", "Meta Ads")):
        if not pd.isna(lead[field]):
            return found
    text = str(lead["utm_source"] or "").lower()
    if "google" in text:
        return "Google Ads" if str(lead["utm_medium"]).lower() in ("cpc", "paid", "ads") else "Google"
    for word, found in (("facebook", "Meta Ads"), ("instagram", "Instagram"), ("site", "Site")):
        if word in text:
            return found
    return "Não especificado" if pd.isna(lead["origin"]) else str(lead["origin"])


def intake(leads: pd.DataFrame, events: pd.DataFrame, tasks: pd.DataFrame, notes: pd.DataFrame) -> None:
    """The first answer is a message, a call or a done task."""
    answers = [
        events.loc[events.type == "outgoing_chat_message", ["lead_id", "created_at"]],
        notes.loc[notes.type == "call_out", ["lead_id", "created_at"]],
        tasks.loc[tasks.completed, ["lead_id", "completed_at"]].rename(columns={"completed_at": "created_at"}),
    ]
    first = pd.concat(answers).groupby("lead_id").created_at.min()
    rows = []
    for _, lead in leads.iterrows():
        answered = first.get(lead["id"])
        rows.append(
            {
                "lead_id": lead["id"],
                "created": lead["created_at"],
                "source": source(lead),
                "utm_source": lead["utm_source"],
                "value": (lead["price_centavos"] or 0) / 100,
                "hours": None if answered is None else (answered - lead["created_at"]) / 3600,
                "status": lead["status"],
                "responsible": lead["responsible_id"],
            }
        )
    save("leads_metrics", rows)


def funnel(events: pd.DataFrame) -> None:
    rows = []
    moves = events[events.type == "lead_status_changed"].sort_values(["lead_id", "created_at"])
    for lead_id, group in moves.groupby("lead_id"):
        stays = list(group.itertuples())
        for at, move in enumerate(stays):
            left = stays[at + 1].created_at if at + 1 < len(stays) else time.time()
            rows.append(
                {
                    "lead_id": lead_id,
                    "status": move.to_status,
                    "entry": move.created_at,
                    "hours": (left - move.created_at) / 3600,
                }
            )
    save("funnel_history", rows)


def activities(tasks: pd.DataFrame, notes: pd.DataFrame, events: pd.DataFrame) -> None:
    rows = []
    for _, task in tasks.iterrows():
        urgency = 5 + 2 * (task["kind"] == "follow_up") + 2 * (task["due_at"] - task["created_at"] < DAY)
        rows.append(_activity(f"t{task['id']}", task, task["kind"], "responsible_id", min(10, max(1, urgency))))
    for letter, frame in (("n", notes), ("e", events[events.type != "lead_status_changed"])):
        for _, row in frame.iterrows():
            rows.append(_activity(f"{letter}{row['id']}", row, row["type"], "created_by", 5))
    save("commercial_activities", rows)


def _activity(number: str, row: pd.Series, kind: str, person: str, urgency: int) -> dict[str, Any]:
    found = {"activity_id": number, "kind": kind, "lead_id": row["lead_id"], "person": row[person]}
    return {**found, "created": row["created_at"], "completed": int(row.get("completed", True)), "urgency": urgency}


def conversion(leads: pd.DataFrame) -> None:
    rows = []
    for _, lead in leads.iterrows():
        closed = lead["closed_at"] if lead["status"] != "open" else None
        rows.append(
            {
                "lead_id": lead["id"],
                "status": lead["status"],
                "revenue": lead["price_centavos"] / 100 if lead["status"] == "won" else 0,
                "cycle": None if closed is None else (closed - lead["created_at"]) // DAY,
                "closed": closed,
                "reason": lead["loss_reason"],
            }
        )
    save("sales_metrics", rows)


def people() -> None:
    """From the tables of the other modules."""
    joined = table("leads_metrics").merge(table("sales_metrics"), on="lead_id", suffixes=("", "_sale"))
    for key, name in (("responsible", "performance_vendedores"), ("source", "performance_canais")):
        rows = []
        for who, group in joined.groupby(key):
            won, lost = int((group.status == "won").sum()), int((group.status == "lost").sum())
            rows.append(
                {
                    key: who,
                    "leads": len(group),
                    "won": won,
                    "lost": lost,
                    "revenue": group.revenue.sum(),
                    "win_rate": 100 * won / max(won + lost, 1),
                    "hours": group.hours.mean(),
                    "cycle": group.cycle.mean(),
                }
            )
        save(name, rows)


def forecast() -> None:
    """Revenue of each month, and the month before it again."""
    sales = table("sales_metrics").dropna(subset=["closed"])
    days = pd.to_datetime(sales.closed, unit="s", utc=True).dt.tz_convert("America/Sao_Paulo").dt.tz_localize(None)
    months = sales.groupby(days.dt.to_period("M")).revenue.sum()
    save(
        "monthly_forecasts",
        [{"month": str(m), "revenue": revenue, "next": revenue} for m, revenue in months.items()],
    )


def figures() -> dict[str, Any]:
    """What the six modules found, to be compared."""
    intaken, sold, acts = table("leads_metrics"), table("sales_metrics"), table("commercial_activities")
    return {
        "leads": len(intaken),
        "hours to the first answer": intaken.hours.sum(),
        "moves": len(table("funnel_history")),
        "activities": len(acts),
        "done": acts.completed.sum(),
        "won": int((sold.status == "won").sum()),
        "revenue": sold.revenue.sum(),
        "days to closing": sold.cycle.sum(),
        **{f"of {row.responsible:.0f}": row.revenue for row in table("performance_vendedores").itertuples()},
        **{f"in {row.month}": row.revenue for row in table("monthly_forecasts").itertuples()},
    }


def main() -> None:
    started = time.perf_counter()
    names = ("leads", "events", "tasks", "notes")
    leads, events, tasks, notes = (pd.read_csv(f"{FOLDER}/{name}.csv", low_memory=False) for name in names)
    intake(leads, events, tasks, notes)
    funnel(events)
    activities(tasks, notes, events)
    conversion(leads)
    people()
    forecast()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "figures": {name: float(value) for name, value in figures().items()}}))


main()
