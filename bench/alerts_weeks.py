"""Leads of made-up companies: how often the rule of the weeks before sounds for nothing, and what it finds.

    python -m bench.alerts_weeks [--seeds N]

Companies of 4, 20 and 80 leads a day, with weekends and holidays, growth, good and bad days (5 to 15 %), channels that
wander (some 10 %) and the chance that counts have. Every day of half a year is judged with nothing planted; then for
five days the leads of one channel stop (its form is broken), or halve, or all leads halve. Found is what is told by the
sixth day of the very thing that broke. Beside it the rule of a spreadsheet: a week 30 % away from the week before.
The settings were chosen on seeds below 200; what is printed comes from seeds from 201.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import django

from bench.harness import Row
from farol.engines.alerts import weeks
from farol.engines.alerts.findings import Status
from farol.engines.alerts.panel import WHOLE, Segment
from farol.engines.alerts.rules import WeekRules
from farol.platform.calendar import BusinessCalendar

CALENDAR = BusinessCalendar("SP", "São Paulo")
LAST, DAYS, QUIET = dt.date(2026, 11, 20), 330, 182
CHANNELS = {"organic": 0.36, "paid": 0.30, "referral": 0.20, "outbound": 0.09, "other": 0.05}
PIPELINES = {"Vendas": 0.85, "Parcerias": 0.15}
SIZES = (4, 20, 80)
LENGTH, WAIT = 5, 6
PAID: Segment = (("channel", "paid"),)
BROKEN = {"one channel stops": (PAID, 0.0), "one channel halves": (PAID, 0.5), "everything halves": (WHOLE, 0.5)}

Leads = dict[dt.date, dict[tuple[str, str], int]]
Alarms = set[tuple[Segment, str]]
Rule = Callable[[Leads, dt.date], Alarms]


@cache
def rules() -> WeekRules:
    django.setup()
    from farol.areas.crm.alerts import RULES

    (found,) = (rules for rules in RULES if isinstance(rules, WeekRules) and rules.name == "leads")
    return found


def company(seed: int, a_day: float) -> Leads:
    chance = random.Random(seed)
    mood, wander, leads = chance.choice((0.05, 0.1, 0.15)), dict.fromkeys(CHANNELS, 0.0), {}
    for back in range(DAYS, -1, -1):
        day = LAST - dt.timedelta(days=back)
        whole = 1.25 * a_day * math.exp(chance.gauss(0, mood) + 0.15 * (DAYS - back) / 365)
        whole *= 1 if CALENDAR.is_business_day(day) else 0.35
        wander = {channel: 0.97 * level + chance.gauss(0, 0.025) for channel, level in wander.items()}
        leads[day] = {
            (channel, pipeline): poisson(chance, whole * share * part * math.exp(wander[channel]))
            for channel, share in CHANNELS.items()
            for pipeline, part in PIPELINES.items()
        }
    return leads


def poisson(chance: random.Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product >= limit:
        product, count = product * chance.random(), count + 1
    return count


def plant(leads: Leads, start: dt.date, where: Segment, left: float, chance: random.Random) -> Leads:
    """`left` of the leads of `where` still come, for LENGTH days."""
    broken = dict(leads)
    for day in (start + dt.timedelta(days=i) for i in range(LENGTH)):
        broken[day] = {
            (channel, pipeline): sum(chance.random() < left for _lead in range(count))
            if where in (WHOLE, (("channel", channel),))
            else count
            for (channel, pipeline), count in leads[day].items()
        }
    return broken


def span(leads: Leads, day: dt.date, days: int) -> weeks.Span:
    """What `weeks.read` asks of the data."""
    periods = weeks.periods(day, days)
    courses: dict[Segment, list[dict[str, float]]] = {}
    for at, period in enumerate(periods):
        for (channel, pipeline), count in (cell for d in period.days for cell in leads.get(d, {}).items()):
            for segment in (WHOLE, (("channel", channel),), (("pipeline", pipeline),)):
                course = courses.setdefault(segment, [{} for _period in periods])
                course[at]["leads"] = course[at].get("leads", 0) + count
    return weeks.Span(days, weeks.worth(periods, CALENDAR), courses)


def ours(leads: Leads, day: dt.date) -> Alarms:
    alerts, _tested = weeks.judge(rules(), day, [span(leads, day, days) for days in rules().spans])
    return {(alert.segment, alert.direction) for alert in alerts if alert.status is Status.NEW}


def spreadsheet(leads: Leads, day: dt.date) -> Alarms:
    alarms = set()
    for segment, course in span(leads, day, 7).courses.items():
        now, before = course[0].get("leads", 0), course[1].get("leads", 0)
        if before >= rules().least and abs(now - before) >= 0.3 * before:
            alarms.add((segment, "up" if now > before else "down"))
    return alarms


@dataclass
class Score:
    cases: int = 0
    weeks: float = 0.0
    planted: int = 0
    found: int = 0

    @property
    def a_week(self) -> float:
        return self.cases / self.weeks


def quiet(rule: Rule, a_day: float, seeds: range) -> Score:
    """Cases opened with nothing planted; what sounds again within two days is the same one."""
    score = Score()
    for seed in seeds:
        leads, heard = company(seed, a_day), {}
        for day in (LAST - dt.timedelta(days=back) for back in range(QUIET, 0, -1)):
            for alarm in rule(leads, day):
                score.cases += alarm not in heard or (day - heard[alarm]).days > 2
                heard[alarm] = day
        score.weeks += QUIET / 7
    return score


def planted(rule: Rule, a_day: float, seeds: range, where: Segment, left: float) -> Score:
    score = Score()
    for seed in seeds:
        chance = random.Random(seed)
        start = LAST - dt.timedelta(days=chance.randrange(WAIT, 60))
        leads = plant(company(seed, a_day), start, where, left, chance)
        days = [start + dt.timedelta(days=i) for i in range(WAIT)]
        score.planted += 1
        score.found += any((where, "down") in rule(leads, day) for day in days)
    return score


def results(seeds: range) -> Iterator[Row]:
    for a_day in SIZES:
        mine, rival = (quiet(rule, a_day, seeds) for rule in (ours, spreadsheet))
        what = f"{a_day} leads a day, nothing planted: alerts a week"
        yield Row(what, f"{mine.a_week:.2f}", f"{rival.a_week:.2f}", "", "≤ 0.5")
        for name, (where, left) in BROKEN.items():
            mine, rival = (planted(rule, a_day, seeds, where, left) for rule in (ours, spreadsheet))
            found = (f"{score.found} of {score.planted}" for score in (mine, rival))
            yield Row(f"{a_day} leads a day, {name} for five days: found", *found, "", "")


def run() -> Iterator[Row]:
    """For `./dev bench`."""
    return results(range(201, 207))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=12)
    for row in results(range(201, 201 + parser.parse_args().seeds)):
        print(f"{row.what:<60}{row.ours:>12}{row.rival:>12}", flush=True)


if __name__ == "__main__":
    main()
