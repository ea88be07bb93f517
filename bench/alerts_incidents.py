"""Planted incidents: how many of them the alerts find, and how many of the alerts are about one.

    python -m bench.alerts_incidents [--seeds N] [--sample FILE]

Three rules look at the same days: ours, the rule of the replaced system (z below -2 against the 28 days before, per
entity x product x payment method), and a plain rule (three standard deviations from the last eight same weekdays, on
the segments that ours looks at). The generated worlds have weekdays, holidays, Carnival, pay days, growth, a slowly
wandering level and noise. An incident counts as found if an alert is about it; an alert is right if the incident really
changed that segment's measure, in the alert's direction, by five percent or more. The settings of the rules were chosen
on seeds from 1000; what is printed comes from seeds from 1.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import itertools
import math
import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.harness import Row
from farol.areas.payments.alerts import RULES
from farol.areas.payments.metrics import PAYMENTS
from farol.engines.alerts.judgement import Detection, judge, judge_classically
from farol.engines.alerts.panel import Panel, Segment
from farol.engines.metrics.formulas import all_sums
from farol.platform.calendar import BusinessCalendar, CalendarDay, DayKind

CALENDAR = BusinessCalendar("SP", "São Paulo")
(RULES_OF_PAYMENTS,) = RULES
FIRST_DAY, DAYS = dt.date(2023, 9, 1), 640
RIGHT = 0.05  # an incident that changed a measure by less is no incident of that segment

Cell = tuple[str, str, str, str, str, int]
Sums = tuple[int, int]

PRODUCTS = {  # share, ticket, anticipation, methods, weekday profile
    "pos": (0.42, 110, ("D1Anticipation", "D0/Nitro"), ("credit", "debit"), (1.0, 1.02, 1.04, 1.08, 1.2, 0.95, 0.5)),
    "tap": (0.29, 90, ("D0/Nitro", "D1Anticipation"), ("credit", "debit"), (1.0, 1.0, 1.02, 1.1, 1.25, 1.0, 0.6)),
    "link": (0.13, 380, ("D1Anticipation",), ("credit",), (1.1, 1.12, 1.1, 1.05, 0.95, 0.5, 0.32)),
    "pix": (0.14, 60, ("Pix",), ("uninformed",), (1.0, 1.0, 1.0, 1.05, 1.15, 0.9, 0.7)),
    "bank_slip": (0.02, 600, ("Bank Slip",), ("uninformed",), (1.3, 1.1, 1.05, 1.05, 1.2, 0.2, 0.1)),
}
ENTITIES = {"PJ": 0.7, "PF": 0.3}
TIERS = {"normal": 0.5, "aggressive": 0.25, "intermediary": 0.15, "domination": 0.1}
INSTALLMENTS = {1: 0.5, 3: 0.2, 6: 0.13, 12: 0.17}


@dataclass(frozen=True)
class Incident:
    """`amount` and `count` multiply TPV and transactions of `where` on `start`, fading back to 1 in `fade` days (0: it
    lasts `length` days and ends)."""

    kind: str
    where: Segment
    start: dt.date
    amount: float
    count: float
    length: int = 1
    fade: int = 0

    def factors(self, day: dt.date) -> tuple[float, float]:
        age = (day - self.start).days
        if age < 0 or age >= max(self.length, self.fade):
            return 1.0, 1.0
        left = 1 - age / self.fade if self.fade else 1.0
        return 1 + (self.amount - 1) * left, 1 + (self.count - 1) * left


@dataclass
class World:
    """The clean facts of every day, and their sums per segment."""

    facts: dict[dt.date, dict[Cell, Sums]]
    history: dict[Segment, dict[dt.date, Sums]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for day, cells in self.facts.items():
            for segment, sums in add_up(cells).items():
                self.history.setdefault(segment, {})[day] = sums

    def panel(self, day: dt.date, incidents: tuple[Incident, ...]) -> Panel:
        start = day - dt.timedelta(days=420)
        touched = {d for i in incidents for d in self.facts if i.start <= d <= day}
        history = {s: {d: v for d, v in days.items() if start <= d <= day} for s, days in self.history.items()}
        for d in touched:
            sums = add_up(plant(self.facts[d], d, incidents))
            for segment, days in history.items():
                days.pop(d, None)
                if segment in sums:
                    days[d] = sums[segment]
        measures = [PAYMENTS.measure(name) for name in RULES_OF_PAYMENTS.measures]
        days_with_data = frozenset(d for d in self.facts if d <= day)
        return Panel(day, "bench", day, PAYMENTS, all_sums([m.formula for m in measures]), days_with_data, history)

    def effect(self, segment: Segment, day: dt.date, planted: dict[Segment, Sums]) -> dict[str, float]:
        """What the incidents really did to each measure of a segment: ln(with / without)."""
        clean, now = self.history[segment].get(day, (0, 0)), planted.get(segment, (0, 0))
        if not clean[0]:
            return {}
        if not now[0]:
            return {"tpv": -9.0, "transactions": -9.0}
        tpv, count = math.log(now[0] / clean[0]), math.log(now[1] / clean[1])
        return {"tpv": tpv, "transactions": count, "average_ticket": tpv - count}


def add_up(cells: dict[Cell, Sums]) -> dict[Segment, Sums]:
    names = RULES_OF_PAYMENTS.dimensions
    groupings = [(), *(tuple(names.index(n) for n in g) for g in RULES_OF_PAYMENTS.groupings)]
    sums: dict[Segment, list[int]] = defaultdict(lambda: [0, 0])
    for cell, (amount, count) in cells.items():
        for grouping in groupings:
            total = sums[tuple((names[i], cell[i]) for i in grouping)]
            total[0] += amount
            total[1] += count
    return {segment: (amount, count) for segment, (amount, count) in sums.items()}


def plant(cells: dict[Cell, Sums], day: dt.date, incidents: tuple[Incident, ...]) -> dict[Cell, Sums]:
    planted = {}
    for cell, (amount, count) in cells.items():
        values = dict(zip(RULES_OF_PAYMENTS.dimensions, cell, strict=True))
        for incident in incidents:
            if all(values[name] == value for name, value in incident.where):
                by_amount, by_count = incident.factors(day)
                amount, count = round(amount * by_amount), round(count * by_count)
        if amount > 0 and count > 0:
            planted[cell] = (amount, count)
    return planted


# generated worlds


def cells() -> Iterator[tuple[Cell, float, float]]:
    """Every combination sold, its share of TPV and its ticket."""
    for product, (share, ticket, anticipations, methods, _week) in PRODUCTS.items():
        for (entity, e), (tier, t) in itertools.product(ENTITIES.items(), TIERS.items()):
            for a, anticipation in enumerate(anticipations):
                for m, method in enumerate(methods):
                    part = share * e * t * ((0.65, 0.35)[a] if len(anticipations) > 1 else 1)
                    part *= (0.72, 0.28)[m] if len(methods) > 1 else 1
                    for number, i in (INSTALLMENTS if method == "credit" else {1: 1.0}).items():
                        cell = (entity, product, tier, anticipation, method, number)
                        yield cell, part * i, ticket * (1.3 if entity == "PJ" else 0.8) * (1 + 0.15 * (number - 1))


def day_factor(day: CalendarDay, week: tuple[float, ...]) -> float:
    factor = week[day.weekday]
    if day.kind is DayKind.CARNIVAL:
        factor *= {5: 0.8, 6: 0.9, 0: 0.6, 1: 0.52, 2: 0.8}[day.weekday]
    elif day.kind is DayKind.HOLIDAY:
        factor *= 0.5 if day.weekday < 5 else 0.88
        factor *= 0.45 if (day.day.month, day.day.day) in ((12, 25), (1, 1)) else 1
    elif day.kind is DayKind.BANK_HOLIDAY or day.name:
        factor *= 0.8
    factor *= 1.09 if day.pay_day else 1.0
    return factor * (1 + 0.12 * math.exp(-(((day.day.timetuple().tm_yday - 350) / 14) ** 2)))


def generate(seed: int, days: int = DAYS) -> World:
    """Growth of 12 % a year with a wandering level, moods of the whole, of products and of cells."""
    rng = random.Random(seed)
    noise = rng.choice((0.015, 0.025, 0.035))
    own = {cell: rng.uniform(0.03, 0.09) for cell, _share, _ticket in cells()}
    parts = list(cells())
    wander = dict.fromkeys(PRODUCTS, 0.0)
    facts = {}
    for i in range(days):
        day = CALENDAR.day(FIRST_DAY + dt.timedelta(days=i))
        whole = 25_000_000 * math.exp(0.12 * i / 365 + rng.gauss(0, noise))
        for product in wander:
            wander[product] = 0.98 * wander[product] + rng.gauss(0, 0.012)
        mood = {
            p: whole * math.exp(w + rng.gauss(0, noise)) * day_factor(day, PRODUCTS[p][4]) for p, w in wander.items()
        }
        rows = {}
        for cell, share, ticket in parts:
            amount = mood[cell[1]] * share * rng.lognormvariate(0, own[cell])
            count = round(
                amount / (ticket * rng.lognormvariate(0, 0.02)) + rng.gauss(0, 1) * math.sqrt(amount / ticket)
            )
            if count > 0:
                rows[cell] = (round(amount * 100), count)
        facts[day.day] = rows
    return World(facts)


def read_sample(path: Path) -> World:
    facts: dict[dt.date, dict[Cell, Sums]] = defaultdict(dict)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cell = (*(row[name] for name in RULES_OF_PAYMENTS.dimensions[:-1]), int(row["installments"]))
            amount, count = round(float(row["amount_transacted"]) * 100), int(float(row["quantity_transactions"]))
            if amount > 0 and count > 0:
                facts[dt.date.fromisoformat(row["day"])][cell] = (amount, count)
    return World(dict(facts))


# trials

KINDS = ("fall", "fall", "rise", "vanished", "recovery", "ticket", "holiday fall", "quiet")


def trial(world: World, kind: str, rng: random.Random, days: list[dt.date]) -> tuple[dt.date, tuple[Incident, ...]]:
    """A day to judge and what is planted: on that day, or some days before where it takes time to recover."""
    special = [
        d for d in days if CALENDAR.day(d).kind in (DayKind.HOLIDAY, DayKind.CARNIVAL) or CALENDAR.day(d).pay_day
    ]
    day = rng.choice(special if kind == "holiday fall" and special else days)
    if kind == "quiet":
        return day, ()
    where = rng.choice(targets(world, day, 0.02))
    fall = 1 - rng.uniform(0.2, 0.6)
    if kind == "rise":
        rise = 1 / fall
        return day, (Incident(kind, where, day, rise, rise),)
    if kind == "vanished":
        return day, (Incident(kind, where, day, 0.0, 0.0),)
    if kind == "ticket":
        return day, (Incident(kind, where, day, fall, 1.0),)
    if kind == "recovery":
        ago = rng.randint(1, 3)
        return day, (
            Incident(kind, where, day - dt.timedelta(days=ago), min(fall, 0.6), min(fall, 0.6), 1, 3 * ago + 3),
        )
    return day, (Incident(kind, where, day, fall, fall),)


def targets(world: World, day: dt.date, least: float) -> list[Segment]:
    """What can break: a value of one dimension or a crossing, not the whole and not nearly the whole."""
    whole = world.history[()][day][0]
    return sorted(
        (s for s, d in world.history.items() if s and day in d and least * whole <= d[day][0] <= 0.5 * whole),
        key=str,
    )


Alarm = tuple[Segment, str, str]
Rule = Callable[[Panel], list[Alarm]]


def ours(panel: Panel) -> list[Alarm]:
    return _new(judge(panel, RULES_OF_PAYMENTS, CALENDAR))


def classic(panel: Panel) -> list[Alarm]:
    return _new(judge_classically(panel, RULES_OF_PAYMENTS, CALENDAR))


def same_weekday(panel: Panel) -> list[Alarm]:
    """More than three standard deviations from the mean of the last eight same weekdays."""
    alarms = []
    whole = panel.window((), 28)[0]
    for segment in panel.history:
        if panel.window(segment, 28)[0] >= RULES_OF_PAYMENTS.pair_share * whole:
            for name in RULES_OF_PAYMENTS.measures:
                series = panel.series(segment, PAYMENTS.measure(name))
                before = [series[d] for w in range(1, 9) if (d := panel.day - dt.timedelta(weeks=w)) in series]
                if len(before) >= 4 and panel.day in series and (s := statistics.stdev(before)):
                    z = (series[panel.day] - statistics.mean(before)) / s
                    if abs(z) > 3:
                        alarms.append((segment, name, "up" if z > 0 else "down"))
    return alarms


def _new(detection: Detection) -> list[Alarm]:
    return [(a.segment, a.measure.name, a.direction) for a in detection.alerts if a.status == "new"]


ALL: dict[str, Rule] = {"ours": ours, "28-day z": classic, "same weekday": same_weekday}


@dataclass
class Score:
    planted: int = 0
    found: int = 0
    alarms: int = 0
    right: int = 0
    by_kind: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.alarms if self.alarms else 1.0


def measure(
    world: World,
    trials: list[tuple[dt.date, tuple[Incident, ...]]],
    rules: dict[str, Rule],
    scores: dict[str, Score],
    *,
    known: bool = True,
) -> None:
    """`known` is false for real data: what sounds there without any incident is neither right nor wrong."""
    for day, incidents in trials:
        planted = add_up(plant(world.facts[day], day, incidents))
        for name, rule in rules.items():
            alarms = rule(world.panel(day, incidents))
            if not known:
                before = set(rule(world.panel(day, ())))
                alarms = [a for a in alarms if a not in before]
            right = [a for a in alarms if _is_right(a, world, day, planted)]
            score = scores[name]
            score.alarms += len(alarms)
            score.right += len(right)
            for incident in incidents:
                score.planted += 1
                score.found += bool(right)
                score.by_kind[incident.kind][0] += bool(right)
                score.by_kind[incident.kind][1] += 1


def _is_right(alarm: Alarm, world: World, day: dt.date, planted: dict[Segment, Sums]) -> bool:
    segment, name, direction = alarm
    effect = world.effect(segment, day, planted).get(name, 0.0)
    return abs(effect) >= RIGHT and (effect > 0) == (direction == "up")


def generated(seeds: list[int], trials: int, rules: dict[str, Rule] = ALL) -> dict[str, Score]:
    scores = {name: Score() for name in rules}
    for seed in seeds:
        world, rng = generate(seed), random.Random(seed)
        days = sorted(world.facts)[425:]
        measure(world, [trial(world, KINDS[i % len(KINDS)], rng, days) for i in range(trials)], rules, scores)
    return scores


def on_sample(path: Path, trials: int, seed: int = 1, rules: dict[str, Rule] = ALL) -> dict[str, Score]:
    scores = {name: Score() for name in rules}
    world, rng = read_sample(path), random.Random(seed)
    days = sorted(world.facts)[30:]
    measure(world, [trial(world, KINDS[i % len(KINDS)], rng, days) for i in range(trials)], rules, scores, known=False)
    return scores


def table(title: str, scores: dict[str, Score]) -> str:
    lines = [f"{title}", f"{'rule':<14}{'recall':>8}{'precision':>11}{'alerts':>8}   recall by kind"]
    for name, score in scores.items():
        kinds = ", ".join(f"{kind} {found}/{planted}" for kind, (found, planted) in sorted(score.by_kind.items()))
        lines.append(f"{name:<14}{score.recall:>8.2f}{score.precision:>11.2f}{score.alarms:>8}   {kinds}")
    return "\n".join(lines)


def run() -> Iterator[Row]:
    """For `./dev bench`."""
    scores = generated([1, 2, 3], 24)
    ours, rival = scores["ours"], scores["28-day z"]
    plain = scores["same weekday"]
    what = f"{ours.planted} planted incidents: {{}} (plain same-weekday rule: {{:.2f}})"
    for name, bar in (("recall", "≥ 0.9"), ("precision", "≥ 0.8")):
        mine, theirs, third = (getattr(score, name) for score in (ours, rival, plain))
        yield Row(what.format(name, third), f"{mine:.2f}", f"28-day z rule {theirs:.2f}", "", bar)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--trials", type=int, default=24, help="per seed")
    parser.add_argument(
        "--sample", type=Path, default=Path(__file__).parents[2] / "shared/data/payments/Operations_analyst_data.csv"
    )
    options = parser.parse_args()
    seeds = list(range(options.first, options.first + options.seeds))
    print(table(f"{len(seeds)} generated worlds, {options.trials} days each", generated(seeds, options.trials)))
    if options.sample.exists():
        print(table("\nreal sample with planted incidents, 48 days", on_sample(options.sample, 48, options.first)))


if __name__ == "__main__":
    main()
