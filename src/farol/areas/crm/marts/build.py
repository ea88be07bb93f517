"""Builds every published table from the stage tables, set by set."""

from __future__ import annotations

from farol.areas.crm.marts import activities, clock, forgotten, intervals, lead, money, people, states
from farol.areas.crm.quality import faults
from farol.engines.warehouse import Build


def build(target: Build) -> None:
    for part in (forgotten, clock, people, intervals, lead, activities):
        part.prepare(target)
    for part in (lead, intervals, activities, states, money, people, faults):
        part.fill(target)
