"""A made-up company that sells for some years: its states of leads as the marts hold them, in a DuckDB of its own."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import duckdb

from farol.areas.crm.boards.records import Records
from farol.areas.crm.forecasting.spans import last_of
from farol.areas.crm.marts.tables import INTAKE, LEAD, PIPELINE_STATE, STAGE
from farol.platform.calendar import default

DAY = dt.timedelta(days=1)
FOREVER = dt.date(9999, 12, 31)
STAGES = (("12", "Qualificação", 0.8), ("13", "Apresentação", 0.6), ("14", "Negociação", 0.45))
SELLERS = (("101", "Ana"), ("102", "Bruno"), ("103", "Carla"))
Row = dict[str, Any]


def states(first: dt.date, last: dt.date, *, seed: int = 1, a_day: float = 4.0) -> list[Row]:
    """Every state that leads had between two days; what is won begins a range that lasts for ever."""
    noise, calendar, rows = random.Random(seed), default(), []
    day, number = first, 0
    while day <= last:
        season = 1 + 0.3 * (day.month in (3, 8, 11))
        wanted = a_day * season if calendar.is_business_day(day) else 0.3
        for _lead in range(int(wanted + noise.random())):
            number += 1
            rows += [row for row in _life(str(number), day, noise) if row["from_day"] <= last]
        day += DAY
    return rows


def _life(ident: str, created: dt.date, noise: random.Random) -> list[Row]:
    ident_of_seller, seller = noise.choice(SELLERS)
    value = None if noise.random() < 0.1 else round(noise.lognormvariate(13.0, 0.6))
    common = {
        "connection_id": "default",
        "lead_id": ident,
        "responsible_id": ident_of_seller,
        "responsible": seller,
        "channel": "paid",
        "pipeline": "Vendas",
        "created_day": created,
        "name": f"Lead {ident}",
    }
    rows, day = [], created
    for order, (stage, name, chance) in enumerate(STAGES):
        left = day + dt.timedelta(days=1 + int(noise.expovariate(1 / 9)))
        state = {"stage_id": stage, "stage": name, "stage_order": order, "status": "open", "value_centavos": value}
        rows.append({**common, **state, "from_day": day, "to_day": left - DAY})
        day = left
        if noise.random() > chance:
            return [*rows, {**common, **_end("lost", value), "from_day": day, "to_day": FOREVER}]
    value = value or round(noise.lognormvariate(13.0, 0.6))
    return [*rows, {**common, **_end("won", value), "from_day": day, "to_day": FOREVER}]


def _end(status: str, value: int | None) -> Row:
    stage = {"won": "142", "lost": "143"}[status]
    return {"stage_id": stage, "stage": status, "stage_order": 10000, "status": status, "value_centavos": value}


def with_wins(rows: Sequence[Row]) -> list[Row]:
    """The states with what the marts know of wins: since when, and whether it was won when the month was over in which
    an open one ended."""
    lives: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["from_day"]):
        lives[row["lead_id"]].append(dict(row))
    for life in lives.values():
        for before, row in itertools.pairwise([None, *life]):
            if row["status"] == "won":
                row["won_day"] = before["won_day"] if before and before["status"] == "won" else row["from_day"]
            elif row["status"] == "open" and row["to_day"] < FOREVER:
                end = last_of(row["to_day"] + DAY)
                then = [late for late in life if late["from_day"] <= end <= late["to_day"] and late["status"] == "won"]
                row |= {"won_by": end, "won_centavos": then[0]["value_centavos"] or 0} if then else {}
    return [row for life in lives.values() for row in life]


class DuckReader:
    """A published version with just the tables that are given; those that are missing are empty."""

    dialect, version = "duckdb", "7"

    def __init__(self, rows: Sequence[Row], complete_until: dt.date) -> None:
        self.complete_until = complete_until
        self.dataset = SimpleNamespace(tables=(PIPELINE_STATE, INTAKE, LEAD, STAGE))
        self.connection = duckdb.connect()
        for table in self.dataset.tables:
            columns = ", ".join(f"{name} {kind}" for name, kind in table.columns.items())
            self.connection.execute(f"CREATE TABLE {table.name} ({columns})")
        self._fill("pipeline_state", PIPELINE_STATE.columns, with_wins(rows))
        born: dict[str, Row] = {}
        for row in rows:
            born.setdefault(row["lead_id"], row)
        self._fill("intake", INTAKE.columns, [{**row, "kind": "lead", "leads": 1} for row in born.values()])
        self._fill("lead", LEAD.columns, list(born.values()))
        named = [{"pipeline": "Vendas", "stage_id": ident, "stage": name} for ident, name, _chance in STAGES]
        self._fill("stage", STAGE.columns, named)

    def _fill(self, table: str, columns: Mapping[str, str], rows: Sequence[Row]) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
            file.writelines(json.dumps({name: row.get(name) for name in columns}, default=str) + "\n" for row in rows)
            file.flush()
            names = ", ".join(columns)
            read = "read_json(?, format = 'newline_delimited', columns = " + str(dict(columns)) + ")"
            self.connection.execute("INSERT INTO " + table + " SELECT " + names + " FROM " + read, [file.name])

    def table(self, name: str) -> str:
        return name

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, list(params)).fetchall()


def records(rows: Sequence[Row], complete_until: dt.date) -> Records:
    """Those states as somebody with every right reads them."""
    reader: Any = DuckReader(rows, complete_until)
    return Records(reader, {}, {})
