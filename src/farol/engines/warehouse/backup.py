"""What of the warehouse goes into a backup: the published versions, and the private files of datasets with stages.

A landing file comes back from the versions by itself; a stage file would have to be loaded again from its source, and
its cursors with it, so it is copied.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from farol.engines.warehouse.connection import warehouse_home
from farol.engines.warehouse.dataset import all_datasets
from farol.engines.warehouse.lease import writer_lease
from farol.engines.warehouse.stage import STAGE, open_stage
from farol.platform.operation.backup import Part, link


def gather(folder: Path) -> None:
    """Each dataset's catalog and the files it names, taken while nobody publishes (a moment: files are linked)."""
    for catalog in sorted(warehouse_home().glob("*/catalog.json")):
        with writer_lease(catalog.parent):
            for path in (catalog, *catalog.parent.glob("v*.duckdb")):
                link(path, folder / catalog.parent.name / path.name)
    for dataset in all_datasets():
        if dataset.stage and (warehouse_home() / dataset.name / STAGE).exists():
            with open_stage(dataset, clean=False) as stage:
                stage.connection.execute("CHECKPOINT")
                target = folder / dataset.name / STAGE
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(stage.folder / STAGE, target)


PARTS = [Part("warehouse", gather)]
