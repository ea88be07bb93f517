"""The warehouse: the only place that opens an analytical database.

A room declares a `Dataset` in its `marts.DATASETS`. A load merges rows into landing (`open_landing`) and publishes a
new version (`publish`); everybody else reads through `open_reader`, always one whole version.
"""

from __future__ import annotations

from farol.engines.warehouse.audit import Audit
from farol.engines.warehouse.build import Build, CheckFailed, publish, sentence
from farol.engines.warehouse.catalog import Finding, Version
from farol.engines.warehouse.dataset import Check, Dataset, StageTable, Table, all_datasets, find_dataset
from farol.engines.warehouse.landing import Landing, Merged, open_landing
from farol.engines.warehouse.reader import Reader
from farol.engines.warehouse.scratch import DISK_ERRORS, Connection, EngineError, pattern_holds, scratch
from farol.engines.warehouse.stage import Stage, open_stage
from farol.engines.warehouse.versions import current_version, open_reader, rollback, versions

__all__ = [
    "DISK_ERRORS",
    "Audit",
    "Build",
    "Check",
    "CheckFailed",
    "Connection",
    "Dataset",
    "EngineError",
    "Finding",
    "Landing",
    "Merged",
    "Reader",
    "Stage",
    "StageTable",
    "Table",
    "Version",
    "all_datasets",
    "current_version",
    "find_dataset",
    "open_landing",
    "open_reader",
    "open_stage",
    "pattern_holds",
    "publish",
    "rollback",
    "scratch",
    "sentence",
    "versions",
]
