"""What of the warehouse goes into a backup: the published versions. Landing comes back from them by itself."""

from __future__ import annotations

from pathlib import Path

from farol.engines.warehouse.connection import warehouse_home
from farol.engines.warehouse.lease import writer_lease
from farol.platform.operation.backup import Part, link


def gather(folder: Path) -> None:
    """Each dataset's catalog and the files it names, taken while nobody publishes (a moment: files are linked)."""
    for catalog in sorted(warehouse_home().glob("*/catalog.json")):
        with writer_lease(catalog.parent):
            for path in (catalog, *catalog.parent.glob("v*.duckdb")):
                link(path, folder / catalog.parent.name / path.name)


PARTS = [Part("warehouse", gather)]
