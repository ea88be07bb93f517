"""The published tables of the area."""

from __future__ import annotations

from farol.engines.warehouse import Dataset

DATASETS: list[Dataset] = []
