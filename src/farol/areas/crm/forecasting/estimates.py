"""The models of the month, each from what was known at one day, and the naive rivals beside them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

from farol.areas.crm.forecasting.past import Known
from farol.areas.crm.forecasting.pipeline import Month, rest_of_month
from farol.areas.crm.forecasting.spans import DAY, Weights, back, last_of, same_distance, total
from farol.engines.forecast.series import LEAST, expected, forecast

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
    """A day from which a month is looked at: 0 months back the present one, else an earlier one, as it was then.

    `rates` has, by month, what a target brought per business day.
    """

    known: Known
    back: int
    weights: Weights
    rates: Mapping[dt.date, float]

    @property
    def day(self) -> dt.date:
        return same_distance(self.known.day, self.back)

    @property
    def first(self) -> dt.date:
        return back(self.known.day, self.back)

    @property
    def last(self) -> dt.date:
        return last_of(self.first)

    def so_far(self, target: str) -> float:
        return total(self.known.days(target), self.first, self.day)

    def whole(self, target: str) -> float:
        """What the month brought in the end, as far as it is known."""
        return total(self.known.days(target), self.first, self.last)

    def earlier(self) -> list[Month]:
        """The months before, the latest first, each from the same distance to its end."""
        found = []
        for count in sorted(self.known.cells):
            look = replace(self, back=count)
            if count > self.back and look.first >= self.known.begin:
                rest = {target: look.whole(target) - look.so_far(target) for target in ("won", "revenue")}
                found.append(Month(self.known.cells[count], rest["won"], rest["revenue"]))
        return found


def looks(known: Known, target: str, weights: Weights, most: int) -> list[Look]:
    """At the present month and at `most` before it, as far as the data reach back."""
    days = known.days(target)
    months = [back(known.day, count) for count in range(MEMORY, 0, -1)]
    rates = {
        month: total(days, month, last_of(month)) / weights.over(month, last_of(month))
        for month in months
        if month >= known.begin
    }
    return [Look(known, n, weights, rates) for n in range(most + 1) if not n or back(known.day, n) >= known.begin]


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
    rates = _rates(look)
    if rates is None:
        return None
    (point,) = forecast(rates, YEAR, 1)
    left, whole = _left(look), look.weights.over(look.first, look.last)
    # the part of a month scatters more, in relation to it, than the whole
    sigma = (point.high - point.low) / 2 / SIGMA * math.sqrt(left * whole)
    return _around(look.so_far(target), point.value * left, sigma)


def series_value(look: Look, target: str) -> float | None:
    """The value of `series` alone, which is quicker."""
    rates = _rates(look)
    if rates is None:
        return None
    return look.so_far(target) + max(0.0, expected(rates, YEAR, 1)[0] * _left(look))


def _rates(look: Look) -> list[float] | None:
    """What the months before brought per business day; None where they are too few."""
    found = [rate for month, rate in look.rates.items() if month < look.first]
    return found if len(found) >= LEAST else None


def _left(look: Look) -> float:
    return look.weights.over(look.day + DAY, look.last)


def run_rate(look: Look, target: str) -> float | None:
    """What came per business day so far, for all business days of the month."""
    gone = look.weights.business_days(look.first, look.day)
    whole = look.weights.business_days(look.first, look.last)
    return look.so_far(target) / gone * whole if gone else None


def seasonal_naive(look: Look, target: str) -> float | None:
    """The same month of the year before."""
    month = back(look.first, YEAR)
    return total(look.known.days(target), month, last_of(month)) if month >= look.known.begin else None


def _around(so_far: float, rest: float, sigma: float) -> Estimate:
    """Nothing that was won is lost again: the range begins at what is there."""
    rest = max(0.0, rest)
    return Estimate(so_far + rest, so_far + max(0.0, rest - SIGMA * sigma), so_far + rest + SIGMA * sigma)
