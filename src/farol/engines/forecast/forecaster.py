"""What a room offers to `farol forecast`: declared in its `forecast.py` as `FORECASTERS`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from farol.platform.accounts.principal import Principal
from farol.platform.apps import collect


@dataclass(frozen=True)
class Forecaster:
    """`run` answers, ready for JSON, what was known on a day (None: the last complete one) about what will come."""

    name: str
    label: Any
    run: Callable[[dt.date | None, Principal], dict[str, Any]]


def forecasters() -> dict[str, Forecaster]:
    """Every forecaster on offer, by name."""
    return {found.name: found for found in collect("forecast", "FORECASTERS")}
