"""`farol restore`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import Refused
from farol.core.keys import Keyring
from farol.platform.apps import collect
from farol.platform.jobs.models import Presence
from farol.platform.operation import archive, database_copy
from farol.platform.operation.archive import Manifest
from farol.platform.operation.health import SILENT
from farol.platform.operation.saving import DATABASE

# What waits in the copy may have been sent since, what ran runs no more, and nobody is signed in by an old backup.
AFTERWARDS = (
    "UPDATE outbox_outboxmessage SET state = 'held', owner = '', next_at = NULL WHERE state IN ('queued', 'sending')",
    "UPDATE jobs_run SET outcome = 'lost' WHERE outcome = 'running'",
    "UPDATE jobs_schedule SET holder = '', token = token + 1, requested = '', next_at = NULL",
    "DELETE FROM jobs_presence",
    "DELETE FROM accounts_signin",
    "DELETE FROM django_session",
)


def restore(
    source: Path, into: Path, report: Callable[[int], object] = lambda _size: None
) -> tuple[Manifest, Path | None]:
    """Verify everything, then put it in place. What stood there is moved aside; the folder it went to, if any."""
    keyring = _keyring(into)
    manifest = archive.verify(source, keyring, report)
    _refuse_unfit(manifest)
    if connection.vendor == "postgresql":
        database_copy.refuse_used_postgres()
    into.mkdir(parents=True, exist_ok=True)
    staging = into / "tmp" / f"restore-{clock.now():%Y%m%d%H%M%S%f}"
    staging.mkdir(parents=True)
    try:
        archive.extract(source, staging, manifest)
        _restore_database(staging / DATABASE, manifest)
        aside = _put_in_place(staging, into, manifest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return manifest, aside


def refuse_while_running() -> None:
    """In place only while nothing of the installation runs."""
    beats = Presence.objects.values_list("beat_at", flat=True) if settings.KEYS_FILE.exists() else []
    if any(time.time() - beat < SILENT for beat in beats):
        raise Refused(_("Farol is running. Stop it, wait half a minute, then restore."))


def _keyring(into: Path) -> Keyring:
    """The keys of the target, else those of this installation: they never travel in a backup."""
    for path in (into / "keys.json", settings.KEYS_FILE):
        if path.exists():
            return Keyring.load(path)
    raise Refused(
        _("There is no key file. Put the keys.json of the installation that made the backup into %(folder)s.")
        % {"folder": into}
    )


def _refuse_unfit(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = [name for name in manifest.migrations if name not in known]
    if newer:
        raise Refused(
            _(
                "The backup was made by version %(version)s, which is newer than this one (%(name)s)."
                " Install that version."
            )
            % {"version": manifest.version, "name": newer[0]}
        )
    if manifest.engine != connection.vendor:
        raise Refused(
            _("The backup is of a %(engine)s database. Set FAROL_DATABASE_URL to one of that kind.")
            % {"engine": manifest.engine}
        )
    if manifest.engine == "postgresql" and set(manifest.migrations) != known:
        raise Refused(
            _("The backup was made by version %(version)s. Restore it with that version, then upgrade.")
            % {"version": manifest.version}
        )


def _restore_database(folder: Path, manifest: Manifest) -> None:
    if manifest.engine == "postgresql":
        database_copy.load_postgres(folder, manifest.columns, manifest.rows)
        with connection.cursor() as cursor:
            for statement in AFTERWARDS:
                cursor.execute(statement)
        return
    with database_copy.open_file(folder / database_copy.SQLITE) as copy:
        if database_copy.check_sqlite(copy) != manifest.rows:
            raise Refused(_("The backup is damaged: %(name)s differs from the manifest.") % {"name": DATABASE})
        for statement in AFTERWARDS:
            copy.execute(statement)
        copy.commit()


def _put_in_place(staging: Path, into: Path, manifest: Manifest) -> Path | None:
    if manifest.engine == "sqlite":
        shutil.move(staging / DATABASE / database_copy.SQLITE, staging / database_copy.SQLITE)
    shutil.rmtree(staging / DATABASE)
    names = [part.name for part in collect("backup", "PARTS")]
    sqlite = [database_copy.SQLITE + end for end in ("", "-wal", "-shm")] if manifest.engine == "sqlite" else []
    aside = into / f"before-restore-{clock.now():%Y%m%d%H%M%S}"
    for name in (*names, *sqlite):
        if (into / name).exists():
            aside.mkdir(exist_ok=True)
            shutil.move(into / name, aside / name)
        if (staging / name).exists():
            shutil.move(staging / name, into / name)
    return aside if aside.exists() else None
