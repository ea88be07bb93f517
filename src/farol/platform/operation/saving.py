"""`farol backup`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from farol import __version__
from farol.core import clock
from farol.core.errors import Refused
from farol.platform.apps import collect
from farol.platform.operation import archive, backup_log, database_copy
from farol.platform.operation.archive import Manifest

DATABASE = "database"


def make_backup(out: Path | None = None, report: Callable[[int], object] = lambda _size: None) -> tuple[Path, Manifest]:
    """Write and verify a backup while everything runs; its path and manifest. `Refused` if the file exists."""
    path = out or default_path()
    if path.exists():
        raise Refused(_("%(path)s is there already.") % {"path": path})
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = settings.FAROL_HOME / "tmp" / f"backup-{clock.now():%Y%m%d%H%M%S%f}"
    unfinished = path.with_name(path.name + ".part")
    try:
        manifest = _gather(staging)
        archive.write(unfinished, staging, manifest, settings.KEYRING, report)
        manifest = archive.verify(unfinished, settings.KEYRING, report)
        unfinished.rename(path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        unfinished.unlink(missing_ok=True)
    backup_log.note()
    return path, manifest


def default_path() -> Path:
    return settings.FAROL_HOME / "backups" / f"farol-{clock.local(clock.now()):%Y%m%d-%H%M%S}.tar"


def _gather(staging: Path) -> Manifest:
    """The database first: whatever it names is then still there when the files are taken."""
    staging.mkdir(parents=True)
    rows, columns = database_copy.save(staging / DATABASE)
    applied = [f"{app}.{name}" for app, name in sorted(MigrationRecorder(connection).applied_migrations())]
    for part in collect("backup", "PARTS"):
        part.gather(staging / part.name)
    return Manifest(
        version=__version__,
        made_at=clock.now().isoformat(),
        engine=connection.vendor,
        migrations=applied,
        rows=rows,
        warehouse=settings.FAROL_WAREHOUSE.partition(":")[0],
        columns=columns,
    )
