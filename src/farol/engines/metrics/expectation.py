"""What the same kind of day should have brought, as sums: the base of the comparison `expected`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from farol.engines.metrics import cache
from farol.engines.metrics.expected import LEAST, MEMORY, Expected, expected, expected_many
from farol.engines.metrics.formulas import Amounts, Sum
from farol.engines.metrics.model import TIME, RowRules
from farol.engines.metrics.period import Period
from farol.engines.metrics.sums import Key, Sides, fetch
from farol.platform.calendar import default

if TYPE_CHECKING:
    from farol.engines.warehouse import Reader

History = dict[dt.date, float]
Days = Mapping[dt.date, float | None]


def expected_sums(
    reader: Reader, sides: Sides, sums: tuple[Sum, ...], rules: RowRules, keys: Iterable[Key]
) -> dict[Key, Amounts | None]:
    """For each group, the daily expected values added up over its days; None where a day cannot be expected.

    Sums are Decimal here: an expected count of 2.4 must not be cut before a ratio is taken. A sum that days do not add
    up to is None.
    """
    daily = tuple(item for item in sums if item.daily)
    unknown: Amounts = dict.fromkeys(s for s in sums if not s.daily)
    allowed = tuple((column, tuple(values)) for column, values in sorted(rules.items()))
    asked = ("expected", json.dumps(sides.resolved.canonical()), sums, allowed)
    found = cache.remember(reader, asked, lambda: _expected_sums(reader, sides, daily, rules, keys))
    return {key: amounts and {**amounts, **unknown} for key, amounts in found.items()} if unknown else found


def _expected_sums(
    reader: Reader, sides: Sides, sums: tuple[Sum, ...], rules: RowRules, keys: Iterable[Key]
) -> dict[Key, Amounts | None]:
    histories = _histories(reader, sides, sums, rules)
    wanted: dict[Key, list[Key]] = {}
    for key in keys:
        wanted.setdefault(key[len(sides.resolved.time_by) :], []).append(key)
    found: dict[Key, Amounts | None] = {}
    daily = _daily(histories, sides, wanted)
    for series, group in wanted.items():
        for key in group:
            found[key] = _add_up(daily.get(series), sides.days(key), sums)
    return found


def _histories(reader: Reader, sides: Sides, sums: tuple[Sum, ...], rules: RowRules) -> dict[Key, dict[Sum, History]]:
    """The days up to the end of the period, for each group and sum."""
    resolved = sides.resolved
    before = resolved.period.start - dt.timedelta(days=MEMORY)
    asked = replace(
        resolved,
        by=(TIME["day"], *resolved.fact_by),
        where=resolved.fact_where,
        period=Period(before, resolved.period.end),
        compare=(),
    )
    histories: dict[Key, dict[Sum, History]] = {}
    for (day, *key), (amounts,) in fetch(reader, Sides(asked, sides.facts), sums, rules).items():
        series = histories.setdefault(tuple(key), {s: {} for s in sums})
        for item, amount in amounts.items():
            if amount is not None:
                series[item][day] = float(amount)
    return histories


def _daily(
    histories: dict[Key, dict[Sum, History]], sides: Sides, wanted: Mapping[Key, list[Key]]
) -> dict[Key, dict[Sum, Days]]:
    """The expected value of every day that a group needs; many series of one day are worked out together."""
    days = sorted({day for keys in wanted.values() for key in keys for day in sides.days(key)})
    if len(days) == 1:
        flat = {(key, s): h for key, series in histories.items() if key in wanted for s, h in series.items()}
        values = expected_many(flat, days[0], default())
        found: dict[Key, dict[Sum, Days]] = {}
        for (key, item), value in values.items():
            found.setdefault(key, {})[item] = {days[0]: _value(value, histories[key][item], days[0])}
        return found
    return {
        key: {s: _expected_days(history, _days_of(keys, sides)) for s, history in series.items()}
        for key, keys in wanted.items()
        if (series := histories.get(key))
    }


def _expected_days(history: History, days: list[dt.date]) -> Days:
    return {day: _value(value, history, day) for day, value in expected(history, days, default()).items()}


def _value(found: Expected, history: History, day: dt.date) -> float | None:
    """What was always zero is expected to be zero, although a series without positive days says nothing else."""
    if found.value is not None or found.days_of_history:
        return found.value
    zeros = sum(1 for known, amount in history.items() if known < day and amount == 0)
    return 0.0 if zeros >= LEAST else None


def _days_of(keys: list[Key], sides: Sides) -> list[dt.date]:
    return sorted({day for key in keys for day in sides.days(key)})


def _add_up(daily: dict[Sum, Days] | None, days: tuple[dt.date, ...], sums: tuple[Sum, ...]) -> Amounts | None:
    """A sum with a day that cannot be expected is None; the others stay."""
    if daily is None or not days:
        return None
    added: dict[Sum, Decimal | None] = {}
    for item in sums:
        known = [Decimal(repr(value)) for day in days if (value := daily[item].get(day)) is not None]
        added[item] = sum(known, Decimal()) if len(known) == len(days) else None
    return added
