"""Payments of the demo world: believable daily facts of a payment company, with planted and labelled events.

The facts of a day depend on the seed and the day alone; the events lie at fixed distances before the as-of date.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farol.engines.alerts import cases, detection
from farol.engines.reports import archive
from farol.engines.reports.definition import get_report
from farol.engines.sources import runs
from farol.engines.sources.loader import FileToLoad, LoadRequest, find_loader, silent
from farol.platform import calendar
from farol.platform.accounts.principal import SYSTEM
from farol.platform.calendar import BusinessCalendar, CalendarDay, DayKind

DAYS = 550
JUDGED_DAYS = 10
COLUMNS = [
    "day",
    "entity",
    "product",
    "price_tier",
    "anticipation_method",
    "payment_method",
    "installments",
    "amount_transacted",
    "quantity_transactions",
    "quantity_of_merchants",
    "fee_amount",
    "cost_amount",
    "chargeback_amount",
]
WEEKDAY = (1.02, 1.03, 1.05, 1.08, 1.22, 0.92, 0.62)
ENTITY = {"PJ": 0.74, "PF": 0.26}
TIER = {"normal": 0.30, "intermediary": 0.33, "aggressive": 0.25, "domination": 0.12}
# product -> (share of TPV, average ticket, anticipation methods, payment methods)
PRODUCT: dict[str, tuple[float, float, dict[str, float], dict[str, float]]] = {
    "pos": (0.38, 118.0, {"D1Anticipation": 0.62, "D0/Nitro": 0.38}, {"credit": 0.66, "debit": 0.34}),
    "tap": (0.24, 96.0, {"D0/Nitro": 0.81, "D1Anticipation": 0.19}, {"credit": 0.71, "debit": 0.29}),
    "link": (0.16, 412.0, {"D1Anticipation": 0.55, "D0/Nitro": 0.45}, {"credit": 1.0}),
    "pix": (0.19, 58.0, {"Pix": 1.0}, {"uninformed": 1.0}),
    "bank_slip": (0.03, 640.0, {"Bank Slip": 1.0}, {"uninformed": 1.0}),
}
INSTALLMENTS = {1: 0.47, 2: 0.09, 3: 0.10, 4: 0.06, 5: 0.04, 6: 0.07, 8: 0.02, 10: 0.08, 12: 0.07}
FEE = {"credit": 0.0319, "debit": 0.0137, "uninformed": 0.0075}
DAILY_TPV = 24_000_000.0


@dataclass(frozen=True)
class Segment:
    """One row a day; `share` of the day's TPV, `ticket` in reais."""

    entity: str
    product: str
    tier: str
    anticipation: str
    method: str
    installments: int
    share: float
    ticket: float

    def matches(self, where: dict[str, str]) -> bool:
        return all(str(getattr(self, name)) == value for name, value in where.items())


@dataclass(frozen=True)
class Event:
    """Something that happened `days_ago`, for `length` days, to the segments in `where`: volume times `factor`."""

    label: str
    days_ago: int
    length: int
    where: dict[str, str]
    factor: float

    def active(self, days_ago: int) -> bool:
        return self.days_ago - self.length < days_ago <= self.days_ago


EVENTS = (
    Event("payment links decline after a gateway change", 1, 1, {"product": "link"}, 0.58),
    Event("debit campaign of the tap product", 9, 2, {"product": "tap", "method": "debit"}, 1.55),
    Event("the bank's slip file did not arrive", 23, 1, {"product": "bank_slip"}, 0.0),
    Event("instant payments unstable in the afternoon", 37, 1, {"product": "pix"}, 0.64),
    Event("price of the aggressive tier raised", 58, 58, {"tier": "aggressive", "product": "pos"}, 0.86),
    Event("12 instalments promotion", 71, 3, {"installments": "12"}, 1.7),
)


def segments() -> list[Segment]:
    """Every combination the company sells; instalments only on credit, with the ticket growing with their number."""
    found = []
    for product, (share, ticket, anticipations, methods) in PRODUCT.items():
        for entity, e in ENTITY.items():
            for tier, t in TIER.items():
                for anticipation, a in anticipations.items():
                    for method, m in methods.items():
                        for count, i in (INSTALLMENTS if method == "credit" else {1: 1.0}).items():
                            found.append(
                                Segment(
                                    entity,
                                    product,
                                    tier,
                                    anticipation,
                                    method,
                                    count,
                                    share * e * t * a * m * i,
                                    ticket * (1.35 if entity == "PJ" else 0.8) * (1 + 0.16 * (count - 1)),
                                )
                            )
    return found


def level(day: CalendarDay) -> float:
    """How much of an ordinary day's TPV a day of this kind brings: weekday, season, holidays, pay days, growth."""
    date = day.day
    factor = WEEKDAY[day.weekday] * (1 + 0.0011 * (date - dt.date(2025, 1, 1)).days / 2)
    factor *= 1 + 0.10 * math.exp(-(((date.timetuple().tm_yday - 352) / 14) ** 2))  # Christmas shopping
    if day.kind == DayKind.CARNIVAL:
        factor *= 0.71
    elif day.kind == DayKind.HOLIDAY:
        factor *= 0.55 if day.weekday < 5 else 0.85
    if day.pay_day:
        factor *= 1.09
    return factor * (1.45 if _is_black_friday(date) else 1.0)


def _is_black_friday(day: dt.date) -> bool:
    return day.month == 11 and day.weekday() == 4 and 23 <= day.day <= 29


def facts(seed: int, day: CalendarDay, as_of: dt.date, parts: list[Segment]) -> Iterator[list[Any]]:
    """The rows of one day, as in the CSV."""
    rng = random.Random(f"{seed}:{day.day}")  # noqa: S311 (a world to look at, not a secret)
    total = DAILY_TPV * level(day) * rng.lognormvariate(0, 0.018)
    mood = {product: rng.lognormvariate(0, 0.02) for product in PRODUCT}
    days_ago = (as_of - day.day).days
    for part in parts:
        amount = total * part.share * mood[part.product] * rng.lognormvariate(0, 0.06)
        for event in EVENTS:
            if event.active(days_ago) and part.matches(event.where):
                amount *= event.factor
        count = round(amount / (part.ticket * rng.lognormvariate(0, 0.03)))
        if count > 0:
            yield _row(day.day, part, amount, count, rng)


def _row(day: dt.date, part: Segment, amount: float, count: int, rng: random.Random) -> list[Any]:
    fee = amount * FEE[part.method] * (1 + 0.05 * (part.installments - 1))
    charged_back = amount * 0.0011 * rng.random() if part.method == "credit" else 0.0
    return [
        day.isoformat(),
        part.entity,
        part.product,
        part.tier,
        part.anticipation,
        part.method,
        part.installments,
        f"{amount:.2f}",
        count,
        max(1, round(count / rng.uniform(4, 9))),
        f"{fee:.2f}",
        f"{fee * rng.uniform(0.55, 0.68):.2f}",
        f"{charged_back:.2f}",
    ]


def write_csv(path: Path, seed: int, as_of: dt.date, calendar: BusinessCalendar, days: int = DAYS) -> None:
    """Write the facts of the `days` days before `as_of`, oldest first."""
    parts = segments()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for day in calendar.days(as_of - dt.timedelta(days=days), as_of - dt.timedelta(days=1)):
            writer.writerows(facts(seed, day, as_of, parts))


def labels(as_of: dt.date) -> list[dict[str, Any]]:
    """The planted events with their dates: what a good alert should find."""
    return [
        {
            "label": event.label,
            "from": (as_of - dt.timedelta(days=event.days_ago)).isoformat(),
            "days": event.length,
            "where": event.where,
            "factor": event.factor,
        }
        for event in EVENTS
    ]


def build(seed: int, as_of: dt.date, folder: Path) -> None:
    """Load the facts, judge the last days as the mornings would have, and keep yesterday's report."""
    file = folder / "payments.csv"
    write_csv(file, seed, as_of, calendar.default())
    (folder / "payments-events.json").write_text(json.dumps(labels(as_of), indent=1))
    loader = find_loader("payments")
    request = LoadRequest((FileToLoad(file, file.name),), replace_days=True)
    runs.perform(runs.new_run(loader, request, SYSTEM), loader, request, silent)
    (rules,) = detection.watching("payments")
    for days_ago in range(JUDGED_DAYS, 0, -1):
        cases.record(rules, detection.detect(rules, as_of - dt.timedelta(days=days_ago), SYSTEM))
    archive.issue(get_report("payments.daily"), as_of - dt.timedelta(days=1), SYSTEM, "pt-br")


BUILDERS = [build]
