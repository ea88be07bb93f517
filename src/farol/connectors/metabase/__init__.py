"""Metabase: the database connection, questions and dashboard of each area, made through Metabase's API.

Running it again changes what it made before and makes nothing twice: everything is looked up by name first.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One native question; `display` is Metabase's name of the chart, `width` of 24 columns."""

    name: str
    sql: str
    display: str = "table"
    dimensions: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    width: int = 12
    stacked: bool = False
