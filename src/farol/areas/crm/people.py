"""Whose rows: a seller sees their own leads, and of the others only how many there are before them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from django.db.models import prefetch_related_objects

from farol.engines.metrics.answer import Value, answer
from farol.engines.metrics.model import Direction, RowRules, SemanticModel
from farol.engines.metrics.period import Period
from farol.engines.metrics.query import Query
from farol.engines.warehouse import open_reader
from farol.platform.accounts.principal import Principal

RIGHT = "dashboard.commercial"
SOURCES = frozenset({"kommo", "csv"})
"""Whose numbers of people the marts hold."""


class OwnRank(NamedTuple):
    """One's own place (1 is best) among `of` people with a value, and that value."""

    place: int
    of: int
    value: Value


def own_ids(principal: Principal) -> tuple[str, ...]:
    """The numbers under which the person is known in the CRM; read once per request."""
    if principal.user is None:
        return ()
    prefetch_related_objects([principal.user], "outside_ids")
    return tuple(sorted({link.external_id for link in principal.user.outside_ids.all() if link.source in SOURCES}))


def own_rows(principal: Principal) -> RowRules:
    """Row rules of every model of the area: none, or the person's own rows (no link to the CRM: no rows)."""
    return {"responsible_id": own_ids(principal)} if principal.own_only(RIGHT) else {}


def own_rank(principal: Principal, asked: SemanticModel, measure: str, period: Period) -> OwnRank | None:
    """Where the person stands among their peers, or None without rows of their own in the period.

    It is worked out over everybody's rows, and nothing but one's own place and the number of peers leaves.
    """
    principal.require(RIGHT)
    ids = own_ids(principal)
    if not ids:
        return None
    seller = replace(asked.dimension("responsible"), name="responsible_id", column="responsible_id")
    question = Query(replace(asked, dimensions=(seller,)), (measure,), ("responsible_id",), {}, period)
    with open_reader(asked.dataset) as reader:
        rows = answer(reader, question, {}).rows
    known = {r["responsible_id"]: r[measure] for r in rows if r["responsible_id"] and r[measure] is not None}
    own = max((known[who] for who in ids if who in known), default=None)
    if own is None:
        return None
    up = asked.measure(measure).direction is not Direction.DOWN
    better = sum(1 for value in known.values() if (value > own if up else value < own))
    return OwnRank(better + 1, len(known), own)
