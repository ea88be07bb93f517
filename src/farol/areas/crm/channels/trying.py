"""What rules would do: to one lead, and how many leads would change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from farol.areas.crm.channels.compile import channel_sql
from farol.areas.crm.channels.rules import FIELDS, Rule
from farol.core.errors import NotFound
from farol.engines.warehouse import find_dataset, open_stage, scratch
from farol.engines.warehouse.sql import Sql, compose, ident, listed

PATIENCE = 2.0  # seconds a page waits for a load to let go of the file
COUNT = """
    SELECT count(*), count(*) FILTER (a.channel <> b.channel OR a.source <> b.source)
    FROM ({before}) a JOIN ({after}) b USING (connection_id, id)
"""
VALUES = """
    SELECT {columns} FROM lead l LEFT JOIN pipeline p ON p.connection_id = l.connection_id AND p.id = l.pipeline_id
    WHERE l.id = ? AND NOT l.deleted
"""


@dataclass(frozen=True)
class Change:
    """How many leads there are and how many would get another channel or source."""

    leads: int
    changed: int


@dataclass(frozen=True)
class Verdict:
    """What the rules make of a lead; `rule` is the id of the one that decided."""

    channel: str
    source: str
    rule: str


def change(before: Sequence[Rule], after: Sequence[Rule]) -> Change:
    """`Refused` while a load holds the file."""
    with open_stage(find_dataset("crm"), wait=PATIENCE, clean=False) as stage:
        sql = compose(COUNT, before=channel_sql(before), after=channel_sql(after))
        row = stage.connection.execute(sql).fetchone() or (0, 0)
    return Change(*row)


def values_of(lead_id: str) -> dict[str, str]:
    """What the rules see of a lead. `NotFound` for an unknown one, `Refused` while a load holds the file."""
    with open_stage(find_dataset("crm"), wait=PATIENCE, clean=False) as stage:
        row = stage.connection.execute(compose(VALUES, columns=listed(map(_seen, FIELDS))), [lead_id]).fetchone()
    if row is None:
        raise NotFound(_("There is no lead %(id)s.") % {"id": lead_id})
    return {field: value or "" for field, value in zip(FIELDS, row, strict=True)}


def judged(values: Mapping[str, str], rules: Sequence[Rule]) -> Verdict:
    """What the rules make of these values; tags are separated by commas."""
    names = [field for field in FIELDS if field not in ("tag", "pipeline")]
    tags = [tag.strip() for tag in values.get("tag", "").split(",")]
    given = [json.dumps(tags), *(values.get(name, "") for name in names)]
    with scratch() as connection:
        create = (
            "CREATE TABLE lead AS SELECT '' AS connection_id, '1' AS id, '1' AS pipeline_id, '' AS source_id, {given}"
        )
        columns = listed(compose("CAST(? AS TEXT) AS {n}", n=ident(name)) for name in ("tags", *names))
        connection.execute(compose(create + ", false AS deleted", given=columns), given)
        pipeline = "CREATE TABLE pipeline AS SELECT '' AS connection_id, '1' AS id, CAST(? AS TEXT) AS name"
        connection.execute(pipeline, [values.get("pipeline", "")])
        found = connection.execute(channel_sql(rules)).fetchall()
    _connection, _id, channel, source, rule = found[0]
    return Verdict(channel, source, rule)


def _seen(field: str) -> Sql:
    if field == "tag":
        return Sql("""array_to_string(from_json(coalesce(l.tags, '[]'), '["VARCHAR"]'), ', ')""")
    return Sql("p.name") if field == "pipeline" else compose("l.{f}", f=ident(field))
