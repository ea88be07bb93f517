"""Checks of the installation itself. `/readyz` asks those marked `ready`, `farol doctor` asks all of every room."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from farol.platform.apps import collect
from farol.platform.jobs.models import Presence
from farol.platform.operation.checks import Check, Finding, Level, green, red, yellow
from farol.platform.operation.redaction import redact
from farol.platform.operation.start import pending_migrations

log = logging.getLogger(__name__)
FULL, TIGHT = 200 * 2**20, 2 * 2**30
SILENT = 30.0


def checks(*, ready: bool = False) -> list[Check]:
    """All checks of all rooms, or those that decide whether this process may be given work."""
    return [check for check in collect("doctor", "CHECKS") if check.ready or not ready]


def examine(check: Check) -> list[Finding]:
    """The findings of one check. A check that breaks is a finding too: the rest must still be asked."""
    try:
        return list(check.run())
    except DatabaseError as error:
        connection.close()
        return [red(_("The database does not answer: %(error)s") % {"error": _first_line(error)}, _mend_database())]
    except Exception as error:
        log.exception("check %s broke", check.name)
        text = redact(f"{type(error).__name__}: {_first_line(error)}")
        return [red(_("This could not be checked: %(error)s") % {"error": text}, _("Look into the log."))]


def worst(findings: list[Finding]) -> Level:
    order = [Level.GREEN, Level.YELLOW, Level.RED]
    return max((finding.level for finding in findings), key=order.index, default=Level.GREEN)


def _first_line(error: Exception) -> str:
    return redact(str(error).strip().partition("\n")[0])


def _mend_database() -> str:
    return _("Start the database server, or correct FAROL_DATABASE_URL.")


def database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    yield green(_("The operational database answers (%(engine)s).") % {"engine": connection.vendor})


def migrations() -> Iterator[Finding]:
    pending = pending_migrations()
    if pending:
        yield red(
            _("%(count)s migrations are missing, the first is %(name)s.") % {"count": len(pending), "name": pending[0]},
            _("Stop Farol, run “farol init”, start it again."),
        )
    else:
        yield green(_("The database has the form that this version needs."))


def worker() -> Iterator[Finding]:
    beats = [time.time() - beat for beat in Presence.objects.filter(kind="worker").values_list("beat_at", flat=True)]
    alive = sum(silence < SILENT for silence in beats)
    if alive:
        yield green(_("%(count)s workers at work.") % {"count": alive})
    else:
        yield red(_("No worker is at work: nothing is scheduled or sent."), _("Start “farol worker”, or “farol up”."))


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.FAROL_HOME).free
    text = _("%(free)s MB free in the data folder.") % {"free": free // 2**20}
    problem = _unwritable()
    if problem:
        yield red(
            _("Nothing can be written to the data folder: %(error)s") % {"error": problem},
            _("Mount it writable, and give it to the user that runs Farol."),
        )
    elif free < FULL:
        yield red(text, _mend_disk())
    elif free < TIGHT:
        yield yellow(text, _mend_disk())
    else:
        yield green(text)


def _mend_disk() -> str:
    return _("Free space, or move FAROL_HOME to a larger disk. FAROL_WAREHOUSE_KEEP decides how many versions stay.")


def _unwritable() -> str:
    path = settings.FAROL_HOME / "tmp" / f"probe-{os.getpid()}"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"farol")
        path.unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""
