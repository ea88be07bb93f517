"""Compiles a question into one SQL statement, built from sqlglot expressions and never from text.

Comparisons are joins on the calendar table, so no engine's date arithmetic is involved: the statement first lists which
day's facts count for which side (0 is the period asked for, 1… its comparisons), sums the facts once per day, and adds
each side up with conditional sums. Only integer sums leave the database; ratios are computed from them in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from sqlglot import exp, parse_one, select
from sqlglot.expressions import Expr

from farol.engines.metrics.formulas import Ranked, Sum
from farol.engines.metrics.places import column as _column
from farol.engines.metrics.places import grouped as _group
from farol.engines.metrics.places import picked, select_from_days

MAX_GROUPS = 100_000


@dataclass(frozen=True)
class Side:
    """Whose days: `shift` is a column of the calendar table (`day` for the period itself); `whole_month` takes every
    day of the month that the shifted day lies in."""

    shift: str = "day"
    whole_month: bool = False


@dataclass(frozen=True)
class Shape:
    """All of a statement but its values, so that compiled text can be kept.

    Names are columns, conditions pairs of a column and the number of values; the `segment` columns are added to the
    inner grouping for sums beyond the top. With `newcomers`, the column whose members are counted on their first day,
    the sums are `Newcomers`; with `ranked`, a column and its condition, they are `Ranked`; with `last`, `Last`.
    """

    dialect: str
    table: str
    calendar: str
    time: str
    base_filter: str
    time_by: tuple[str, ...]
    fact_by: tuple[str, ...]
    sums: tuple[Sum, ...]
    segment: tuple[str, ...]
    sides: tuple[Side, ...]
    time_where: tuple[tuple[str, int], ...]
    fact_where: tuple[tuple[str, int], ...]
    spans: int
    newcomers: str = ""
    keep_vanished: bool = False
    ranked: tuple[str, str] | None = None
    last: bool = False

    @property
    def plain(self) -> bool:
        """True if the fact table alone answers: no comparison, no other calendar column than the day."""
        special = self.time_where or self.segment or self.newcomers or self.other_time or self.ranked or self.last
        return self.sides == (Side(),) and self.spans == 1 and not special

    @property
    def other_time(self) -> bool:
        return any(column != "day" for column in self.time_by)

    @property
    def keys(self) -> list[str]:
        return [f"t{i}" for i in range(len(self.time_by))] + [f"d{i}" for i in range(len(self.fact_by))]


@lru_cache(maxsize=1024)
def compile_sql(shape: Shape) -> str:
    """The statement's text. Its columns: time keys, dimension keys, then the sums of each side in turn.

    Parameters, in order: for each side start, end, time values; then for each span the filter values, start, end
    (a `plain` shape has only the latter); with newcomers, the filter values and the last day whose members count. With
    `last`, the last day that has data comes after those of the sides.
    """
    query = _plain(shape) if shape.plain else _ranked(shape) if shape.ranked else _compared(shape)
    return _text(query.limit(MAX_GROUPS + 1), shape.dialect)


@lru_cache(maxsize=256)
def compile_rows(shape: Shape, columns: tuple[str, ...], paged: bool) -> str:
    """The rows of the file behind a figure, in the order of the grain; parameters as for a span, then limit, offset."""
    query = _facts(shape, [_column(c) for c in columns]).order_by(*[_column(c) for c in columns])
    if paged:
        query = query.limit(exp.Placeholder()).offset(exp.Placeholder())
    return _text(query, shape.dialect)


@lru_cache(maxsize=256)
def compile_count(shape: Shape) -> str:
    """The number of rows of the file behind a figure; parameters as for a span."""
    return _text(_facts(shape, [exp.Count(this=exp.Star()).as_("n")]), shape.dialect)


def _text(query: Expr, dialect: str) -> str:
    if dialect == "clickhouse":  # its own placeholders want names and types; its drivers take `?` as well
        query = query.transform(lambda node: exp.var("?") if isinstance(node, exp.Placeholder) else node)
    return query.sql(dialect=dialect)


def _plain(shape: Shape) -> exp.Select:
    columns = [*([shape.time] * len(shape.time_by)), *shape.fact_by]
    keys = [_column(name).as_(key) for name, key in zip(columns, shape.keys, strict=True)]
    return _group(_facts(shape, [*keys, *_daily_sums(shape)]), [_column(name) for name in columns])


def _compared(shape: Shape) -> exp.Select:
    keys = [_column(key, "days" if key[0] == "t" else "daily") for key in shape.keys]
    sided = [
        _on_side(side, f"c{i}").as_(f"s{side}c{i}") for side in range(len(shape.sides)) for i in range(len(shape.sums))
    ]
    present = exp.Count(this=exp.Case().when(_side_is(0), exp.Literal.number(1)))
    segment = [_column(f"g{i}", "daily") for i in range(len(shape.segment))]
    query = select_from_days([*keys, *segment, *sided, present.as_("present")] if segment else [*keys, *sided])
    query = _group(query, [*keys, *segment])
    if segment:
        query = _beyond_top(shape, query)
    elif keys and not shape.keep_vanished:
        query = query.having(exp.GT(this=present.copy(), expression=exp.Literal.number(0)))
    return query.with_("days", as_=_days(shape)).with_("daily", as_=_daily(shape))


def _ranked(shape: Shape) -> exp.Select:
    query = picked(shape.keys, len(shape.sides), [item for item in shape.sums if isinstance(item, Ranked)])
    return query.with_("days", as_=_days(shape)).with_("daily", as_=_daily(shape))


def _beyond_top(shape: Shape, inner: exp.Select) -> exp.Select:
    """Add up the groups of `inner` but the largest of each side, ranked by the sum itself."""
    keys = [_column(key) for key in shape.keys]
    names = [(side, i, s) for side in range(len(shape.sides)) for i, s in enumerate(shape.sums)]
    ranks = [_rank(keys, f"s{side}c{i}").as_(f"r{side}c{i}") for side, i, _sum in names]
    ranked = select("*", *ranks).from_(inner.subquery("segments"))
    sums = [_sum_beyond(f"s{side}c{i}", f"r{side}c{i}", s.beyond_top).as_(f"v{side}c{i}") for side, i, s in names]
    query = _group(select(*keys, *sums).from_(ranked.subquery("ranked")), keys)
    if keys and not shape.keep_vanished:
        query = query.having(exp.GT(this=exp.Sum(this=_column("present")), expression=exp.Literal.number(0)))
    return query


def _rank(keys: list[exp.Column], name: str) -> exp.Window:
    value = _column(name)
    known = exp.Case().when(value.is_(exp.null()), exp.Literal.number(1)).else_(exp.Literal.number(0))
    order = exp.Order(expressions=[exp.Ordered(this=known), exp.Ordered(this=value.copy(), desc=True)])
    return exp.Window(this=exp.RowNumber(), partition_by=[k.copy() for k in keys], order=order)


def _sum_beyond(value: str, rank: str, top: int) -> exp.Sum:
    """0, not NULL, where only the top itself has rows; NULL where nothing has."""
    beyond = exp.GT(this=_column(rank), expression=exp.Literal.number(top))
    nothing = _column(value).is_(exp.null())
    case = exp.Case().when(nothing, exp.null()).when(beyond, _column(value)).else_(exp.Literal.number(0))
    return exp.Sum(this=case)


def _days(shape: Shape) -> Expr:
    """Which day's facts count for which side and time key; each pair once, so that a clipped day is not added twice."""
    parts: list[exp.Select] = []
    for number, side in enumerate(shape.sides):
        source = "source" if side.whole_month else "c"
        column = "day" if side.whole_month else side.shift
        keys = [_column(name, "c").as_(f"t{i}") for i, name in enumerate(shape.time_by)]
        part = select(exp.Literal.number(number).as_("side"), *keys, _column(column, source).as_("source_day")).from_(
            _calendar(shape, "c")
        )
        if side.whole_month:
            part = part.join(_calendar(shape, "base"), on=_column("day", "base").eq(_column(side.shift, "c")))
            same = _column("month_start", "source").eq(_column("month_start", "base"))
            part = part.join(_calendar(shape, "source"), on=same)
        part = part.where(_between(_column("day", "c")), *[_among(name, n, "c") for name, n in shape.time_where])
        parts.append(part.distinct() if number else part)
    days = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
    return _last_days(shape, days) if shape.last else days


def _last_days(shape: Shape, days: Expr) -> exp.Select:
    """Of each side and time key, the last day that can have data."""
    keys = [_column(name) for name in ("side", *(f"t{i}" for i in range(len(shape.time_by))))]
    day = _column("source_day", "all_days")  # ClickHouse takes the bare name for the maximum
    query = select(*keys, exp.Max(this=day).as_("source_day")).from_(exp.Subquery(this=days).as_("all_days"))
    return _group(query.where(exp.LTE(this=day.copy(), expression=exp.Placeholder())), keys)


def _daily(shape: Shape) -> Expr:
    """The facts added up per day, or the values to be ranked as they are; scanned once per span of days."""
    if shape.newcomers:
        return _newcomers(shape)
    if shape.ranked:
        return _spanned(shape, _values(shape, *shape.ranked))
    named = [*zip(shape.fact_by, [k for k in shape.keys if k[0] == "d"], strict=True)]
    named += [(name, f"g{i}") for i, name in enumerate(shape.segment)]
    columns = [_column(shape.time).as_("source_day"), *[_column(name).as_(alias) for name, alias in named]]
    keys = [_column(shape.time), *[_column(name) for name, _alias in named]]
    return _spanned(shape, _group(_facts(shape, [*columns, *_daily_sums(shape)]), keys))


def _values(shape: Shape, column: str, where: str) -> exp.Select:
    named = zip(shape.fact_by, [k for k in shape.keys if k[0] == "d"], strict=True)
    value = _column(column)
    columns = [
        _column(shape.time).as_("source_day"),
        *[_column(n).as_(alias) for n, alias in named],
        value.as_("value"),
    ]
    known = _facts(shape, columns).where(value.copy().is_(exp.null()).not_())
    return known.where(parse_one(where)) if where else known


def _spanned(shape: Shape, scan: exp.Select) -> Expr:
    return scan if shape.spans == 1 else exp.union(*[scan.copy() for _i in range(shape.spans)], distinct=False)


def _newcomers(shape: Shape) -> Expr:
    """Members counted on their first day; `m30` and the `m30` of that day are what 30 and 60 days back are here."""
    keys = [k for k in shape.keys if k[0] == "d"]
    day, member = _column(shape.time), _column(shape.newcomers)
    groups = [_column(name) for name in shape.fact_by]
    first = exp.Window(this=exp.Min(this=day.copy()), partition_by=[*[g.copy() for g in groups], member.copy()])
    named = [group.as_(key) for group, key in zip(groups, keys, strict=True)]
    seen = _filtered(shape, [day.as_("seen_day"), member.as_("member"), first.as_("source_day"), *named])
    again = exp.and_(
        exp.GT(this=_column("m30", "near"), expression=_column("source_day", "seen")),
        exp.LTE(this=_column("m30", "far"), expression=_column("source_day", "seen")),
    )
    kept = exp.Max(this=exp.Case().when(again, exp.Literal.number(1)).else_(exp.Literal.number(0)))
    known = [_column("source_day", "seen"), *[_column(key, "seen") for key in keys]]
    members = select(*known, kept.as_("kept")).from_(seen.subquery("seen"))
    members = members.join(_calendar(shape, "near"), on=_column("day", "near").eq(_column("seen_day", "seen")))
    members = members.join(_calendar(shape, "far"), on=_column("day", "far").eq(_column("m30", "near")))
    old_enough = exp.LTE(this=_column("source_day", "seen"), expression=exp.Placeholder())
    members = _group(members.where(old_enough), [*known, _column("member", "seen")])
    counted = [
        (exp.Sum(this=_column("kept")) if getattr(s, "kept", False) else exp.Count(this=exp.Star())).as_(f"c{i}")
        for i, s in enumerate(shape.sums)
    ]
    outer = [_column("source_day"), *[_column(key) for key in keys]]
    return _group(select(*outer, *counted).from_(members.subquery("members")), outer)


def _facts(shape: Shape, columns: Sequence[Expr]) -> exp.Select:
    return _filtered(shape, columns).where(_between(_column(shape.time)))


def _filtered(shape: Shape, columns: Sequence[Expr]) -> exp.Select:
    query = select(*columns).from_(exp.to_table(shape.table, dialect=shape.dialect))
    if shape.base_filter:
        query = query.where(parse_one(shape.base_filter))
    return query.where(*[_among(name, n) for name, n in shape.fact_where])


def _daily_sums(shape: Shape) -> Sequence[Expr]:
    return [_sum(s).as_(f"c{i}") for i, s in enumerate(shape.sums)]


def _sum(item: Sum) -> exp.Sum:
    column = _column(item.column)
    if not item.where:
        return exp.Sum(this=column)
    return exp.Sum(this=exp.Case().when(parse_one(item.where), column).else_(exp.Literal.number(0)))


def _on_side(side: int, name: str) -> exp.Sum:
    return exp.Sum(this=exp.Case().when(_side_is(side), _column(name, "daily")))


def _side_is(side: int) -> exp.EQ:
    return _column("side", "days").eq(exp.Literal.number(side))


def _calendar(shape: Shape, alias: str) -> Expr:
    return exp.alias_(exp.to_table(shape.calendar, dialect=shape.dialect), alias, table=True)


def _between(column: exp.Column) -> exp.Between:
    return exp.Between(this=column, low=exp.Placeholder(), high=exp.Placeholder())


def _among(name: str, count: int, table: str | None = None) -> Expr:
    """No values means no rows: a row rule that allows nothing."""
    return _column(name, table).isin(*[exp.Placeholder() for _i in range(count)]) if count else exp.false()


def spans(days: list[int], gap: int = 7) -> list[tuple[int, int]]:
    """Ordinal days as few ranges: those at most `gap` apart share a scan, farther ones are scanned on their own."""
    ranges: list[tuple[int, int]] = []
    for day, _same in groupby(sorted(days)):
        if ranges and day - ranges[-1][1] <= gap:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges
