"""The forecast of a daily series, which knows the Brazilian calendar: holidays, Carnival, eves, pay days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from farol.engines.forecast.series import LEAST, Point, Scale, ranges
from farol.platform.calendar import BusinessCalendar, DayKind

WEEK = 7
MEMORY = 2 * 366  # days of history that are looked at
BESIDE = 4  # weeks on either side with which a special day is compared
_SPECIAL = frozenset({DayKind.CARNIVAL, DayKind.HOLIDAY, DayKind.BANK_HOLIDAY, DayKind.EVE})


def forecast_days(
    history: Mapping[dt.date, float],
    horizon: int,
    calendar: BusinessCalendar,
    *,
    season: int = WEEK,
    level: float = 0.8,
) -> dict[dt.date, Point]:
    """The `horizon` days after the last one of `history`, which has no gaps; `ValueError` below `LEAST` days."""
    days = sorted(history)[-MEMORY:]
    if len(days) < LEAST:
        raise ValueError(f"{len(days)} days are too few: at least {LEAST} are needed")
    ahead = [days[-1] + dt.timedelta(days=step) for step in range(1, horizon + 1)]
    scale = Scale([history[day] for day in days])
    seen = scale.taken([history[day] for day in days])
    effects = _effects(days, seen, calendar)
    plain = [value - effects[_kind(day, calendar)] for day, value in zip(days, seen, strict=True)]
    found = ranges(plain, season, horizon, level)
    return {
        day: Point(*scale.given_back([value + effects[_kind(day, calendar)] for value in step]))
        for day, step in zip(ahead, found, strict=True)
    }


def _effects(days: Sequence[dt.date], seen: Sequence[float], calendar: BusinessCalendar) -> Mapping[str, float]:
    """How far each kind of special day lies from ordinary days of its weekday; a kind seen once counts half."""
    kinds = [_kind(day, calendar) for day in days]
    missed: dict[str, list[float]] = defaultdict(list)
    for i, kind in enumerate(kinds):
        if kind:
            beside = range(max(0, i - BESIDE * WEEK), min(len(days), i + BESIDE * WEEK + 1))
            ordinary = [seen[j] for j in beside if not kinds[j] and (j - i) % WEEK == 0]
            if ordinary:
                missed[kind].append(seen[i] - sum(ordinary) / len(ordinary))
    return defaultdict(float, {kind: sum(gaps) / (len(gaps) + 1) for kind, gaps in missed.items()})


def _kind(day: dt.date, calendar: BusinessCalendar) -> str:
    """The kind of a special day, empty for an ordinary one; at the weekend only what the weekend knows."""
    today = calendar.day(day)
    if today.kind in _SPECIAL:
        return today.kind.value if today.weekday < 5 else f"weekend {today.kind.value}"
    return "pay day" if today.pay_day and today.business_day else ""
