"""The models of the month, each from what was known at one day, and the naive rivals beside them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from statistics import NormalDist

from farol.areas.crm.forecasting.past import Known
from farol.areas.crm.forecasting.pipeline import Month, rest_of_month
from farol.areas.crm.forecasting.spans import DAY, Days, Weights, back, last_of, same_distance, total
from farol.engines.forecast.series import LEAST, forecast

TARGETS = ("revenue", "won", "leads")
MODELS, RIVALS = ("pipeline", "series", "blend"), ("run_rate", "seasonal_naive")
YEAR = 12
MEMORY = 5 * YEAR  # months that the statistical model looks at
SIGMA = NormalDist().inv_cdf(0.9)  # half of the 80 % range, in sigmas


@dataclass(frozen=True)
class Estimate:
    """The whole month as one model sees it, in centavos or pieces."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Look:
    """A day from which a month is looked at: 0 months back the present one, else an earlier one, as it was then."""

    known: Known
    back: int
    weights: Weights

    @property
    def day(self) -> dt.date:
        return same_distance(self.known.day, self.back)

    @property
    def first(self) -> dt.date:
        return back(self.known.day, self.back)

    @property
    def last(self) -> dt.date:
        return last_of(self.first)

    def days(self, target: str) -> Days:
        return {"revenue": self.known.revenue, "won": self.known.won, "leads": self.known.leads}[target]

    def so_far(self, target: str) -> float:
        return total(self.days(target), self.first, self.day)

    def whole(self, target: str) -> float:
        """What the month brought in the end, as far as it is known."""
        return total(self.days(target), self.first, self.last)

    def covered(self, first: dt.date) -> bool:
        """Whether the data reach back to that day."""
        begin = min(self.known.leads, default=self.known.day)
        return begin <= first

    def earlier(self) -> list[Month]:
        """The months before, the latest first, each from the same distance to its end."""
        found = []
        for count in sorted(self.known.cells):
            look = Look(self.known, count, self.weights)
            if count > self.back and look.covered(look.first):
                rest = {target: look.whole(target) - look.so_far(target) for target in ("won", "revenue")}
                found.append(Month(self.known.cells[count], rest["won"], rest["revenue"]))
        return found


def pipeline(look: Look) -> dict[str, Estimate]:
    """Won so far, plus what the open deals and new ones bring; nothing without an earlier month."""
    rest = rest_of_month(look.known.cells.get(look.back, []), look.earlier())
    if rest is None:
        return {}
    return {
        "revenue": _around(look.so_far("revenue"), rest.revenue, rest.revenue_sigma),
        "won": _around(look.so_far("won"), rest.won, rest.won_sigma),
    }


def series(look: Look, target: str) -> Estimate | None:
    """Trend and season of earlier months, per business day, over the business days that are left."""
    days = look.days(target)
    months = [back(look.first, count) for count in range(MEMORY, 0, -1)]
    rates = [
        total(days, month, last_of(month)) / look.weights.over(month, last_of(month))
        for month in months
        if look.covered(month)
    ]
    if len(rates) < LEAST:
        return None
    (point,) = forecast(rates, YEAR, 1)
    left, whole = look.weights.over(look.day + DAY, look.last), look.weights.over(look.first, look.last)
    # the part of a month scatters more, in relation to it, than the whole
    sigma = (point.high - point.low) / 2 / SIGMA * math.sqrt(left * whole)
    return _around(look.so_far(target), point.value * left, sigma)


def run_rate(look: Look, target: str) -> float | None:
    """What came per business day so far, for all business days of the month."""
    gone = look.weights.business_days(look.first, look.day)
    whole = look.weights.business_days(look.first, look.last)
    return look.so_far(target) / gone * whole if gone else None


def seasonal_naive(look: Look, target: str) -> float | None:
    """The same month of the year before."""
    month = back(look.first, YEAR)
    return total(look.days(target), month, last_of(month)) if look.covered(month) else None


def _around(so_far: float, rest: float, sigma: float) -> Estimate:
    """Nothing that was won is lost again: the range begins at what is there."""
    rest = max(0.0, rest)
    return Estimate(so_far + rest, so_far + max(0.0, rest - SIGMA * sigma), so_far + rest + SIGMA * sigma)
