"""What to do about the gap, computed from the numbers."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farol.areas.crm.boards.records import Records
from farol.areas.crm.forecasting.contest import Contest
from farol.areas.crm.forecasting.goals import MonthGoal
from farol.areas.crm.forecasting.past import AGES
from farol.areas.crm.forecasting.pipeline import ANY, Stage, rates_of
from farol.areas.crm.forecasting.spans import DAY, total
from farol.core import clock, formats
from farol.core.money import from_centavos

if TYPE_CHECKING:
    from farol.areas.crm.forecasting.outlook import Target

OLD = AGES.index(30) + 1  # the first group of ages that is older than 30 days
BEHIND = 0.8  # a seller is named below this share of what the days gone should have brought
CONVERSION_DAYS = 180

STAGES = "SELECT pipeline, stage_id, stage FROM stage"
UNANSWERED = """
SELECT COUNT(*) AS leads, COALESCE(SUM(deals.value), 0) AS value
FROM (
    SELECT connection_id, lead_id FROM lead
    WHERE created_day <= ? AND (first_response_at IS NULL OR first_response_at >= ?) AND {seen}
) AS waiting
JOIN (
    SELECT connection_id, lead_id, COALESCE(value_centavos, 0) AS value FROM pipeline_state
    WHERE from_day <= ? AND to_day >= ? AND status = 'open' AND {seen}
) AS deals ON deals.connection_id = waiting.connection_id AND deals.lead_id = waiting.lead_id
"""


@dataclass(frozen=True)
class Action:
    """A sentence with the figures behind it; `value` in centavos."""

    code: str
    text: str
    count: int
    value: int | None = None


def actions(records: Records, judged: Contest, revenue: Target, goal: MonthGoal) -> list[Action]:
    """What can be done, the largest effect first."""
    found = [*_old_deals(records, judged, revenue), *_unanswered(records, judged.look.day)]
    return [*found, *_sellers(judged, goal), *_leads_needed(judged, revenue)]


def _old_deals(records: Records, judged: Contest, revenue: Target) -> Iterator[Action]:
    """The stage whose deals older than thirty days hold most, at the rate at which such deals are usually won."""
    cells = judged.look.known.cells
    rates = rates_of([cell for back, group in cells.items() if back for cell in group])
    count, value, likely = Counter[Stage](), defaultdict[Stage, float](float), defaultdict[Stage, float](float)
    for cell in cells.get(0, []):
        if cell.age >= OLD and cell.value:
            count[cell.stage] += cell.valued
            value[cell.stage] += cell.value
            likely[cell.stage] += rates.get((cell.stage, cell.age), rates[ANY]) * cell.value
    if sum(likely.values()) <= 0:
        return
    stage = max(value, key=lambda key: (value[key], key))
    names = {(row["pipeline"], row["stage_id"]): row["stage"] for row in records.ask(STAGES)}
    parts = {
        "count": count[stage],
        "stage": names.get(stage, stage[1]),
        "value": _money(value[stage]),
        "rate": formats.percent(likely[stage] * 100 / value[stage]),
        "brings": _money(likely[stage]),
    }
    text = ngettext(
        "%(count)d deal older than 30 days in “%(stage)s” holds %(value)s; at the usual %(rate)s it brings %(brings)s"
        " by the end of the month.",
        "%(count)d deals older than 30 days in “%(stage)s” hold %(value)s; at the usual %(rate)s they bring %(brings)s"
        " by the end of the month.",
        count[stage],
    )
    text %= parts
    if revenue.gap is not None and value[stage] < revenue.gap:  # more than the gap would be no news
        share = formats.percent(value[stage] * 100 / revenue.gap, 0)
        text += " " + _("All of them together are %(share)s of the gap.") % {"share": share}
    yield Action("old_deals", text, count[stage], round(value[stage]))


def _unanswered(records: Records, day: dt.date) -> Iterator[Action]:
    """Open leads that nobody had answered by the end of the day."""
    end = dt.datetime.combine(day + DAY, dt.time(), clock.zone()).astimezone(dt.UTC).replace(tzinfo=None)
    (row,) = records.ask(UNANSWERED, day, end, day, day)
    if count := int(row["leads"]):
        text = ngettext(
            "%(count)d open lead has had no answer yet.", "%(count)d open leads have had no answer yet.", count
        )
        yield Action("unanswered", text % {"count": count}, count, int(row["value"]))


def _sellers(judged: Contest, goal: MonthGoal) -> Iterator[Action]:
    """Sellers whose wins lie behind what the business days gone should have brought of their goal."""
    look = judged.look
    gone = look.weights.over(look.first, look.day) / look.weights.over(look.first, look.last)
    behind = []
    for ident, amount in goal.sellers.items():
        seller = look.known.sellers.get(ident)
        if seller and seller.revenue < BEHIND * amount * gone:
            behind.append((amount * gone - seller.revenue, seller.name))
    if behind:
        behind.sort(key=lambda pair: (-pair[0], pair[1]))
        missing = sum(amount for amount, _name in behind)
        parts = {
            "count": len(behind),
            "names": ", ".join(name for _amount, name in behind[:3]) + ("…" if behind[3:] else ""),
            "missing": _money(missing),
        }
        text = ngettext(
            "%(count)d seller is behind the pace of the goal, by %(missing)s so far: %(names)s.",
            "%(count)d sellers are behind the pace of their goals, by %(missing)s so far: %(names)s.",
            len(behind),
        )
        yield Action("sellers_behind", text % parts, len(behind), round(missing))


def _leads_needed(judged: Contest, revenue: Target) -> Iterator[Action]:
    """How many more leads the gap is, at the usual value of a win and the usual share of leads that are won."""
    if revenue.gap is None or revenue.gap <= 0:
        return
    look = judged.look
    since = look.day - CONVERSION_DAYS * DAY
    won, leads, money = (total(look.known.days(target), since, look.day) for target in ("won", "leads", "revenue"))
    if not (won and leads and money):
        return
    wins = math.ceil(revenue.gap / (money / won))
    count = math.ceil(wins * leads / won)
    parts = {
        "wins": wins,
        "ticket": _money(money / won),
        "count": count,
        "conversion": formats.percent(won * 100 / leads),
    }
    text = _("The gap is %(wins)d wins of %(ticket)s: %(count)d more leads at the usual %(conversion)s of leads won.")
    yield Action("leads_needed", text % parts, count)


def _money(centavos: float) -> str:
    return formats.compact_brl(from_centavos(round(centavos)))
