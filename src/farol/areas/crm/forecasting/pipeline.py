"""What the open deals bring until the end of the month: each stage and age at the rate at which it was won before.

Rates are learned from the same distance to the end of earlier months. A cell with few deals leans on its stage, a stage
with few on the whole. Deals without a value count with the mean value of what was won. What is won from deals that are
not open yet is added as earlier months brought it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from farol.areas.crm.forecasting.past import Cell

LEAN = 10  # deals of the wider group that a cell starts from
LEARNED = 12  # months back from which rates are learned
RECENT = 6  # months back that say what deals not open yet bring
BOUND = 2.0  # the values asked for are corrected by no more than this factor

Stage = tuple[str, str]
Place = tuple[Stage, int]
Rates = dict[Place, float]
ANY: Place = (("", ""), -1)


@dataclass(frozen=True)
class Month:
    """An earlier month from the same distance to its end: the cells then, and all that was won in the rest of it."""

    cells: Sequence[Cell]
    won: float
    revenue: float


@dataclass(frozen=True)
class Rest:
    """What the rest of the month should bring, and one sigma of it."""

    won: float
    revenue: float
    won_sigma: float
    revenue_sigma: float


def rest_of_month(cells: Sequence[Cell], before: Sequence[Month]) -> Rest | None:
    """`before` holds earlier months, the latest first; None without any."""
    learned = before[:LEARNED]
    if not learned:
        return None
    rates = rates_of([cell for month in learned for cell in month.cells])
    typical = _typical(learned)
    factor = _factor(learned, rates, typical)
    won = sum(rates.get((cell.stage, cell.age), rates[ANY]) * cell.deals for cell in cells)
    revenue = factor * sum(_asked(cell, rates, typical) for cell in cells)
    spread = [_spread(cell, rates, typical) for cell in cells]
    new_won = [month.won - sum(cell.won for cell in month.cells) for month in learned[:RECENT]]
    new_revenue = [month.revenue - sum(cell.revenue for cell in month.cells) for month in learned[:RECENT]]
    return Rest(
        won + fmean(new_won),
        revenue + fmean(new_revenue),
        math.sqrt(sum(deals for deals, _money in spread) + _variance(new_won)),
        math.sqrt(factor**2 * sum(money for _deals, money in spread) + _variance(new_revenue)),
    )


def rates_of(cells: Sequence[Cell]) -> Rates:
    """The share won of each stage and age; under `ANY` that of all."""
    deals, won = defaultdict[object, int](int), defaultdict[object, int](int)
    for cell in cells:
        for key in (ANY, cell.stage, (cell.stage, cell.age)):
            deals[key] += cell.deals
            won[key] += cell.won
    whole = won[ANY] / deals[ANY] if deals[ANY] else 0.0
    rates = {ANY: whole}
    for stage, age in {(cell.stage, cell.age) for cell in cells}:
        wide = (won[stage] + LEAN * whole) / (deals[stage] + LEAN)
        rates[stage, age] = (won[stage, age] + LEAN * wide) / (deals[stage, age] + LEAN)
    return rates


def _typical(months: Sequence[Month]) -> float:
    """The mean value of what was won."""
    won = sum(month.won for month in months)
    return sum(month.revenue for month in months) / won if won else 0.0


def _asked(cell: Cell, rates: Rates, typical: float) -> float:
    """What the cell brings if a deal is won at the value it asks for."""
    rate = rates.get((cell.stage, cell.age), rates[ANY])
    return rate * (cell.value + (cell.deals - cell.valued) * typical)


def _factor(months: Sequence[Month], rates: Rates, typical: float) -> float:
    """What open deals brought in relation to what they asked for: large ones are won less often, or at a discount."""
    asked = sum(_asked(cell, rates, typical) for month in months for cell in month.cells)
    brought = sum(cell.revenue for month in months for cell in month.cells)
    return min(BOUND, max(1 / BOUND, brought / asked)) if asked and brought else 1.0


def _spread(cell: Cell, rates: Rates, typical: float) -> tuple[float, float]:
    """Variance of the number won and of what they bring: each deal is won or not."""
    rate = rates.get((cell.stage, cell.age), rates[ANY])
    doubt = rate * (1 - rate)
    return doubt * cell.deals, doubt * (cell.squares + (cell.deals - cell.valued) * typical**2)


def _variance(values: Sequence[float]) -> float:
    """Of the next one, whose mean is known from these only."""
    count = len(values)
    return pvariance(values) * (count + 1) / (count - 1) if count > 1 else max(values) ** 2
