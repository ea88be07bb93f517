"""Which model has been best in the last months, and what they all say of this one."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from farol.areas.crm.forecasting import estimates
from farol.areas.crm.forecasting.estimates import MODELS, RIVALS, SIGMA, TARGETS, Estimate, Look
from farol.areas.crm.forecasting.past import Known
from farol.areas.crm.forecasting.spans import Weights
from farol.platform.calendar import BusinessCalendar

TRAILING = 6  # months back in which the models are judged
SURE = 0.5  # the error, in percent, below which all models are equally good


@dataclass(frozen=True)
class Trial:
    """One model's forecast of one earlier month's revenue, from the same distance to its end."""

    month: dt.date
    day: dt.date
    model: str
    error_pct: float


class Miss(NamedTuple):
    """By how much a forecast of an earlier month was wrong: in percent of what it brought, and in its own unit."""

    percent: float
    amount: float


Missed = Mapping[str, Sequence[Miss]]


@dataclass(frozen=True)
class Contest:
    """`found[target][model]` for this month; `errors` are mean absolute errors of revenue in percent; the rivals have
    no range."""

    look: Look
    found: Mapping[str, Mapping[str, Estimate]]
    rivals: Mapping[str, Mapping[str, float]]
    errors: Mapping[str, float]
    trials: Sequence[Trial]
    chosen: str

    def best(self, target: str) -> Estimate:
        """What the chosen model says; where it has no word on the target, the next that has, and without history the
        run rate, which may be wrong by all that it adds."""
        models, so_far = self.found[target], self.look.so_far(target)
        rate = self.rivals[target].get("run_rate", so_far)
        last = Estimate(rate, so_far, 2 * rate - so_far)
        return next((models[name] for name in (self.chosen, *MODELS) if name in models), last)


def contest(known: Known, calendar: BusinessCalendar) -> Contest:
    """Judge the models on earlier months and let them speak about this one."""
    looks = {
        target: estimates.looks(known, target, Weights(days, known.day, calendar), TRAILING)
        for target, days in (("won", known.won), ("revenue", known.won), ("leads", known.leads))
    }
    present, *past = [dict(zip(looks, at, strict=True)) for at in zip(*looks.values(), strict=True)]
    said = [_said(look) for look in past]
    missed = {target: _missed(past, said, target) for target in TARGETS}
    by_stage = estimates.pipeline(present["revenue"])
    now = {target: _now(present[target], target, by_stage.get(target), missed[target]) for target in TARGETS}
    errors = {model: _mean(seen) for model, seen in missed["revenue"].items() if seen}
    return Contest(
        present["revenue"],
        now,
        {target: _rivals(present[target], target) for target in TARGETS},
        errors,
        _trials(past, said),
        _chosen(errors, now["revenue"]),
    )


def _said(look: Mapping[str, Look]) -> dict[str, dict[str, float]]:
    """What every model and rival said of each target from one look; the blend in equal parts, as before any trial."""
    by_stage = estimates.pipeline(look["revenue"])
    said = {}
    for target in TARGETS:
        found = {"pipeline": by_stage[target].value} if target in by_stage else {}
        statistical = estimates.series_value(look[target], target)
        if statistical is not None:
            found["series"] = statistical
        if len(found) == 2:
            found["blend"] = fmean(found.values())
        said[target] = found | _rivals(look[target], target)
    return said


def _now(look: Look, target: str, by_stage: Estimate | None, missed: Missed) -> dict[str, Estimate]:
    """This month's estimates, with ranges no narrower than what the model missed by in earlier months."""
    found = {"pipeline": by_stage, "series": estimates.series(look, target)}
    known = {name: one for name, one in found.items() if one}
    if len(known) == 2:
        known["blend"] = _blend(known, missed)
    so_far = look.so_far(target)
    return {name: _widened(one, missed.get(name, ()), so_far) for name, one in known.items()}


def _rivals(look: Look, target: str) -> dict[str, float]:
    found = {"run_rate": estimates.run_rate(look, target), "seasonal_naive": estimates.seasonal_naive(look, target)}
    return {name: value for name, value in found.items() if value is not None}


def _mean(missed: Sequence[Miss]) -> float:
    return fmean(miss.percent for miss in missed)


def _blend(found: Mapping[str, Estimate], missed: Missed) -> Estimate:
    """The models by the inverse of their mean error, in equal parts where they have none."""
    weights = {name: 1 / max(SURE, _mean(missed[name])) if missed.get(name) else 1.0 for name in found}
    if not all(missed.get(name) for name in found):
        weights = dict.fromkeys(found, 1.0)
    whole = sum(weights.values())
    mean = [
        sum(weights[name] * getattr(one, part) for name, one in found.items()) / whole
        for part in ("value", "low", "high")
    ]
    return Estimate(*mean)


def _widened(one: Estimate, missed: Sequence[Miss], so_far: float) -> Estimate:
    """By amounts: a month that brought next to nothing was missed by hundreds of percent and says little in them."""
    if len(missed) < 3:
        return one
    half = SIGMA * math.sqrt(fmean(miss.amount**2 for miss in missed))
    return Estimate(one.value, max(so_far, min(one.low, one.value - half)), max(one.high, one.value + half))


def _missed(
    past: Sequence[dict[str, Look]], said: Sequence[dict[str, dict[str, float]]], target: str
) -> dict[str, list[Miss]]:
    missed: dict[str, list[Miss]] = {name: [] for name in (*MODELS, *RIVALS)}
    for look, spoken in zip(past, said, strict=True):
        truth = look[target].whole(target)
        for name, value in spoken[target].items() if truth > 0 else ():
            missed[name].append(Miss(abs(value - truth) / truth * 100, abs(value - truth)))
    return missed


def _trials(past: Sequence[dict[str, Look]], said: Sequence[dict[str, dict[str, float]]]) -> list[Trial]:
    return [
        Trial(look["revenue"].first, look["revenue"].day, name, abs(value - truth) / truth * 100)
        for look, spoken in zip(past, said, strict=True)
        if (truth := look["revenue"].whole("revenue")) > 0
        for name, value in spoken["revenue"].items()
    ]


def _chosen(errors: Mapping[str, float], found: Mapping[str, Estimate]) -> str:
    """The model with the smallest error among those that speak; without trials the most cautious one."""
    speaking = [name for name in ("blend", "pipeline", "series") if name in found]
    judged = [name for name in speaking if name in errors]
    if judged:
        return min(judged, key=lambda name: errors[name])
    return speaking[0] if speaking else "run_rate"
