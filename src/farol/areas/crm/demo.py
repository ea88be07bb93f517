"""The commercial area of the demo world: a made-up Kommo of a shop, loaded as a real one would be.

Goals, spend, the forecasts of past mornings and last week's report come with it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from farol.areas.crm.forecasting import frozen
from farol.areas.crm.forecasting.outlook import Outlook, of_goals, outlook
from farol.areas.crm.planning.goals import GoalValues, set_goal
from farol.areas.crm.planning.spend import SpendKey, set_spend
from farol.connectors.kommo.simulator import Simulator, seeded
from farol.core import clock
from farol.core.errors import Unavailable
from farol.engines.reports import archive
from farol.engines.reports.definition import get_report
from farol.engines.sources.models import LoadRun
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import rebuild, start, sync
from farol.platform.accounts.principal import SYSTEM

LEADS, MONTHS = 2000, 20
QUICKLY = 50.0  # requests a second: this made-up Kommo allows what the real one would not
MORNING = dt.time(6)
PLANNED = 4  # months back, for which there are goals and spend
FORECAST_DAYS = (10, 20)  # days of the past months whose forecasts were kept
GOALS = {"revenue": 260_000, "won": 34, "leads": 135}
SELLER_GOALS = {"9000001": 60_000, "9000002": 55_000, "9000003": 55_000, "9000004": 40_000}
SPEND = (
    (SpendKey("paid", "Google Ads", "google", "cpc", "marca"), 3_900),
    (SpendKey("paid", "Meta Ads", "facebook", "paid", "remarketing"), 3_100),
    (SpendKey("outbound", "Outbound"), 1_800),
)


def build(seed: int, as_of: dt.date, folder: Path) -> None:
    """Load the shop as it stands on the morning of `as_of`; where something was loaded already, nothing happens."""
    if LoadRun.objects.filter(loader="kommo").exists():
        return
    morning = dt.datetime.combine(as_of, MORNING, clock.zone())
    with clock.frozen(morning), made_up_kommo(seed, morning):
        _plan(as_of)
        source = find_source("kommo")
        outcome = sync(source, start(source, SYSTEM, full=True, since=None, cause="schedule"), full=True)
        if outcome.error:
            raise Unavailable(
                _("The demo's Kommo could not be loaded: %(reason)s") % {"reason": outcome.error["detail"]}
            )
        _look_ahead(as_of)


@contextmanager
def made_up_kommo(seed: int, morning: dt.datetime) -> Iterator[None]:
    """Whatever the settings say, the demo reads a made-up account; `farol up` serves the very same one later."""
    told = {"seed": seed, "as_of": morning.isoformat(), "leads": LEADS, "months": MONTHS}
    file = settings.FAROL_HOME / "simulators" / "kommo.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told))
    world = seeded(seed, morning, LEADS, MONTHS)
    names = ("FAROL_KOMMO_URL", "FAROL_KOMMO_TOKEN", "FAROL_KOMMO_PER_SECOND")
    before = {name: getattr(settings, name) for name in names}
    with Simulator(world, seed=seed, per_second=60) as simulator:
        settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = simulator.url, simulator.token
        settings.FAROL_KOMMO_PER_SECOND = QUICKLY
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(settings, name, value)


def _plan(as_of: dt.date) -> None:
    """Goals of the shop and of its sellers, and what the campaigns cost, month by month."""
    for back in range(PLANNED, -1, -1):
        first = _month(as_of, back)
        set_goal(first, "", "", GoalValues(Decimal(GOALS["revenue"]), GOALS["won"], GOALS["leads"]), SYSTEM)
        for seller, revenue in SELLER_GOALS.items():
            set_goal(first, seller, "", GoalValues(Decimal(revenue), None, None), SYSTEM)
        last = min(_month(as_of, back - 1), as_of) - dt.timedelta(days=1)
        share = Decimal((last - first).days + 1) / 30
        for key, amount in SPEND if last >= first else ():
            set_spend(first, last, key, (amount * share).quantize(Decimal("0.01")), SYSTEM)


def _look_ahead(as_of: dt.date) -> None:
    """The forecasts of the past months as they were made then, graded, and this morning's."""
    for back in range(PLANNED, 0, -1):
        for day in FORECAST_DAYS:
            _keep(_month(as_of, back).replace(day=day))
    frozen.grade(_keep(as_of - dt.timedelta(days=1)))
    rebuild("crm", SYSTEM, "demo")
    saturday = as_of - dt.timedelta(days=(as_of.weekday() + 2) % 7 or 7)
    archive.issue(get_report("crm.weekly"), saturday, SYSTEM, "pt-br")


def _keep(day: dt.date) -> Outlook:
    found = outlook(day, SYSTEM)
    frozen.freeze(found, SYSTEM, of_goals(found))
    return found


def _month(day: dt.date, back: int) -> dt.date:
    """The first day of the month so many months before (or after) that of `day`."""
    months = day.year * 12 + day.month - 1 - back
    return dt.date(months // 12, months % 12 + 1, 1)


BUILDERS = [build]
