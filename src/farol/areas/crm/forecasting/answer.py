"""The outlook as JSON, and what the command line asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from farol.areas.crm.boards.records import RIGHT
from farol.areas.crm.forecasting import frozen
from farol.areas.crm.forecasting.contest import Contest
from farol.areas.crm.forecasting.estimates import MODELS, RIVALS
from farol.areas.crm.forecasting.outlook import Outlook, Target, money, outlook
from farol.platform.accounts.principal import Principal


def run(as_of: dt.date | None, principal: Principal) -> dict[str, Any]:
    """What `farol forecast crm` answers; what concerns everybody is kept as it was made."""
    found = outlook(as_of, principal)
    if not principal.own_only(RIGHT):
        frozen.freeze(found, principal)
    return to_json(found)


def to_json(found: Outlook) -> dict[str, Any]:
    """Money as text with two decimals, counts as integers, percents as numbers."""
    judged = found.contest
    return {
        "as_of": found.as_of.isoformat(),
        "month": f"{found.month:%Y-%m}",
        "data_version": found.data_version,
        "complete_until": found.complete_until.isoformat(),
        "revenue": _target(found.targets["revenue"], _reais),
        "won": _target(found.targets["won"], round),
        "leads": _target(found.targets["leads"], round),
        "chosen": judged.chosen,
        "models": [_model(judged, name) for name in MODELS if name in judged.found["revenue"]],
        "rivals": {name: _rival(judged, name) for name in RIVALS},
        "accuracy": [
            {
                "month": f"{trial.month:%Y-%m}",
                "as_of_day": trial.day.isoformat(),
                "model": trial.model,
                "error_pct": round(trial.error_pct, 4),
                "chosen": trial.model == judged.chosen,
            }
            for trial in judged.trials
        ],
        "actions": [
            {
                "code": action.code,
                "text": action.text,
                "count": action.count,
                "value": None if action.value is None else _reais(action.value),
            }
            for action in found.actions
        ],
        "frozen": frozen.is_frozen(found.as_of),
    }


def _reais(centavos: float) -> str:
    return str(money(centavos))


def _or_none(value: float | None, write: Callable[[float], Any]) -> Any:
    return None if value is None else write(value)


def _target(target: Target, write: Callable[[float], Any]) -> dict[str, Any]:
    return {
        "so_far": write(target.so_far),
        "forecast": write(target.found.value),
        "low": write(target.found.low),
        "high": write(target.found.high),
        "goal": _or_none(target.goal, write),
        "gap": _or_none(target.gap, write),
        "needed_per_day": _or_none(target.needed_per_day, write if write is _reais else lambda value: round(value, 4)),
        "business_days_left": target.days_left,
        "risk": target.risk,
    }


def _model(judged: Contest, name: str) -> dict[str, Any]:
    revenue, won = judged.found["revenue"][name], judged.found["won"].get(name)
    return {
        "model": name,
        "revenue": _reais(revenue.value),
        "low": _reais(revenue.low),
        "high": _reais(revenue.high),
        "won": None if won is None else round(won.value),
        "error_pct": _or_none(judged.errors.get(name), lambda value: round(value, 4)),
    }


def _rival(judged: Contest, name: str) -> dict[str, Any]:
    return {
        "revenue": _or_none(judged.rivals["revenue"].get(name), _reais),
        "won": _or_none(judged.rivals["won"].get(name), round),
        "error_pct": _or_none(judged.errors.get(name), lambda value: round(value, 4)),
    }
