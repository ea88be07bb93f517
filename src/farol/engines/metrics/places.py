"""Values put in order, and the few at the places asked for: quantiles without an engine's own percentile functions.

Engines differ in how they interpolate, round or even name a percentile. Here they only number rows and compare whole
numbers, so all of them pick the same values; `Quantile` does the rest in Python.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.expressions import Expr

from farol.engines.metrics.formulas import Ranked


def picked(keys: Sequence[str], sides: int, sums: Sequence[Ranked]) -> exp.Select:
    """For each group, what `sums` ask for on each side in turn.

    Reads `daily` (`source_day`, `value` and the keys d0…) and `days` (`side`, `source_day` and the keys t0…).
    """
    inner = [column(key, "days" if key[0] == "t" else "daily") for key in keys]
    group, value = [column("side", "days"), *inner], column("value", "daily")
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[key.copy() for key in group],
        order=exp.Order(expressions=[exp.Ordered(this=value.copy())]),
    )
    count = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[key.copy() for key in group])
    ranked = select_from_days([*group, value, place.as_("place"), count.as_("n")])
    picks = [_pick(side, item).as_(f"s{side}c{i}") for side in range(sides) for i, item in enumerate(sums)]
    outer = [column(key) for key in keys]
    return grouped(exp.select(*outer, *picks).from_(ranked.subquery("ranked")), outer)


def select_from_days(columns: Sequence[Expr]) -> exp.Select:
    """`columns` of each day's facts, once for every side the day counts for."""
    same_day = column("source_day", "days").eq(column("source_day", "daily"))
    return exp.select(*columns).from_("daily").join("days", on=same_day)


def _pick(side: int, item: Ranked) -> exp.Max:
    """n, or the value at place 1 + (n − 1)·q: where that lies between two, the one before or the one after it."""
    on_side = column("side").eq(exp.Literal.number(side))
    if item.part == "count":
        return exp.Max(this=exp.Case().when(on_side, column("n")))
    q, whole = item.q
    wanted = _times("n", 1, q)
    before: Expr
    after: Expr
    if item.part == "low":
        before = exp.LTE(this=_times("place", 1, whole), expression=wanted)
        after = exp.GT(this=_times("place", 0, whole), expression=wanted.copy())
    else:
        before = exp.GTE(this=_times("place", 1, whole), expression=wanted)
        after = exp.LT(this=_times("place", 2, whole), expression=wanted.copy())
    return exp.Max(this=exp.Case().when(exp.and_(on_side, before, after), column("value")))


def _times(name: str, less: int, factor: int) -> exp.Mul:
    """(name − less) × factor"""
    difference = exp.Sub(this=column(name), expression=exp.Literal.number(less))
    return exp.Mul(this=exp.paren(difference), expression=exp.Literal.number(factor))


def grouped(query: exp.Select, keys: Sequence[exp.Column]) -> exp.Select:
    """`query` grouped by `keys`, if there are any."""
    return query.group_by(*[key.copy() for key in keys]) if keys else query


def column(name: str, table: str | None = None) -> exp.Column:
    """A quoted column."""
    return exp.column(name, table=table, quoted=True)
