"""The metrics engine: every number that Farol shows is asked for here, with the rights of the person who asks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from farol.engines.metrics.answer import Comparison
    from farol.engines.metrics.contribution import Explanation, Segment
    from farol.engines.metrics.doors import Result, explain, run, run_many
    from farol.engines.metrics.model import Dimension, Direction, Kind, Measure, SemanticModel, Unit, get_model
    from farol.engines.metrics.period import Period, parse_period
    from farol.engines.metrics.query import MissingColumn, NotAdditive, Query

_HOMES = {
    "answer": ("Comparison",),
    "contribution": ("Explanation", "Segment"),
    "model": ("Dimension", "Direction", "Kind", "Measure", "SemanticModel", "Unit", "get_model"),
    "period": ("Period", "parse_period"),
    "query": ("MissingColumn", "NotAdditive", "Query"),
    "doors": ("Result", "explain", "run", "run_many"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Comparison",
    "Dimension",
    "Direction",
    "Explanation",
    "Kind",
    "Measure",
    "MissingColumn",
    "NotAdditive",
    "Period",
    "Query",
    "Result",
    "Segment",
    "SemanticModel",
    "Unit",
    "explain",
    "get_model",
    "parse_period",
    "run",
    "run_many",
]


def __getattr__(name: str) -> Any:
    """Names are loaded on first use: Django imports this package before its models may be."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
