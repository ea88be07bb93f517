"""This room's checks, and those of the outbox and the scheduler."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.platform.jobs.models import Outcome, Schedule
from farol.platform.operation import backup_log
from farol.platform.operation.checks import Check, Finding, green, red, yellow
from farol.platform.operation.health import database, disk, migrations, worker
from farol.platform.operation.start import keys_are_private, sqlite_is_safe, sqlite_version
from farol.platform.outbox.models import NEEDS_A_PERSON, OutboxMessage, State
from farol.platform.outbox.shown import resting

LATE = dt.timedelta(minutes=5)
WAITS_TOO_LONG = dt.timedelta(hours=1)
SHUT_TOO_LONG = dt.timedelta(minutes=10)
BACKUP_AGE = dt.timedelta(hours=26)


def keys() -> Iterator[Finding]:
    if not settings.KEYS_FILE.exists():
        yield red(_("There is no key file."), _("Run “farol init”, or put the key file of this installation back."))
    elif not keys_are_private():
        yield red(
            _("Others on this machine can read the key file."),
            _("chmod 600 %(path)s") % {"path": settings.KEYS_FILE},
        )
    else:
        yield green(_("The key file is there and only its owner can read it."))


def address() -> Iterator[Finding]:
    url = urlsplit(settings.FAROL_PUBLIC_URL)
    if url.scheme == "http" and url.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield red(
            _("People reach Farol without encryption (%(url)s).") % {"url": settings.FAROL_PUBLIC_URL},
            _("Put a proxy that ends TLS in front and set FAROL_PUBLIC_URL to its https address."),
        )
    else:
        yield green(_("The public address is %(url)s.") % {"url": settings.FAROL_PUBLIC_URL})


def library() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        yield from _durable_postgres()
        return
    version = ".".join(map(str, sqlite_version()))
    if not sqlite_is_safe(sqlite_version()):
        yield red(
            _("SQLite %(version)s can lose data when two processes write.") % {"version": version},
            _("Use PostgreSQL, or a Python with SQLite 3.51.3 or newer (not 3.52.0)."),
        )
    else:
        yield green(_("SQLite %(version)s.") % {"version": version})
    yield _durable_sqlite()


def _durable_sqlite() -> Finding:
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    if mode == "wal" and synchronous == 2:
        return green(_("What is saved is on the disk before the answer goes out (WAL, synchronous FULL)."))
    return red(
        _("The database runs with %(mode)s, synchronous %(value)s: a power cut can lose saved work.")
        % {"mode": mode, "value": synchronous},
        _("Do not change the connection's settings; move the data folder to a local disk."),
    )


def _durable_postgres() -> Iterator[Finding]:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
        if value == "off":
            yield red(
                _("PostgreSQL runs with %(name)s off: a power cut can lose saved work.") % {"name": name},
                _("Set %(name)s = on in postgresql.conf and reload it.") % {"name": name},
            )
    yield green(_("PostgreSQL %(version)s.") % {"version": connection.pg_version // 10000})


def integrity() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            found = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            yield red(
                _("The database file is damaged: %(text)s") % {"text": found},
                _("Stop Farol and restore the last backup (“farol restore”)."),
            )
            return
    yield green(_("The database is whole."))


def outbox() -> Iterator[Finding]:
    waiting = OutboxMessage.objects.filter(state__in=[state.value for state in NEEDS_A_PERSON]).count()
    if waiting:
        yield red(
            _("%(count)s messages were not delivered and wait for a decision.") % {"count": waiting},
            _("Open Administration, Outbox: read the reason, then try again or discard."),
        )
    shut = resting(longer_than=SHUT_TOO_LONG)
    for found in shut:
        values = {"channel": found.label, "when": clock.local(found.since).isoformat(timespec="minutes")}
        text = _("Nothing leaves by “%(channel)s” since %(when)s: %(reason)s")
        yield red(text % {**values, "reason": found.reason}, _("Mend the cause: what waits then leaves by itself."))
    old = clock.now() - WAITS_TOO_LONG
    late = OutboxMessage.objects.filter(state=State.QUEUED, created_at__lt=old).count()
    if late:
        yield yellow(
            _("%(count)s messages have been waiting for more than an hour.") % {"count": late},
            _("Open Administration, Outbox: the last error stands beside each message."),
        )
    if not waiting and not late and not shut:
        yield green(_("Everything that had to leave has left."))


def jobs() -> Iterator[Finding]:
    rows = list(Schedule.objects.all())
    bad = [row for row in rows if row.last_outcome in (Outcome.FAILED, Outcome.LOST) and not row.holder]
    for row in bad:
        yield red(
            _("The task “%(job)s” did not end well: %(error)s") % {"job": row.label, "error": row.last_error},
            _("Open Administration, Tasks: mend the cause, then run it now."),
        )
    late = [row for row in rows if _is_late(row)]
    for row in late:
        yield yellow(_("The task “%(job)s” is overdue.") % {"job": row.label}, _("See whether a worker is at work."))
    for row in (row for row in rows if row.paused):
        yield yellow(
            _("The task “%(job)s” is paused.") % {"job": row.label}, _("Open Administration, Tasks: resume it.")
        )
    if not bad and not late:
        yield green(_("All tasks ended well."))


def _is_late(row: Schedule) -> bool:
    return bool(not row.paused and not row.holder and row.next_at and clock.now() - row.next_at > LATE)


def mail() -> Iterator[Finding]:
    if settings.FAROL_SMTP_HOST:
        yield green(_("E-mail leaves by %(host)s.") % {"host": settings.FAROL_SMTP_HOST})
    else:
        yield yellow(
            _("No e-mail server is set: reports and password resets cannot be sent."),
            _("Set FAROL_SMTP_HOST and FAROL_MAIL_FROM."),
        )


def time_of_day() -> Iterator[Finding]:
    off = abs((clock.now() - dt.datetime.fromtimestamp(time.time(), dt.UTC)).total_seconds())
    if off > 60:
        yield yellow(
            _("Farol runs on a simulated clock: %(now)s.") % {"now": clock.local(clock.now()).isoformat()},
            _("Remove FAROL_CLOCK_FILE, unless this is a test."),
        )
    else:
        yield green(_("Time zone %(zone)s.") % {"zone": clock.zone().key})


def backup() -> Iterator[Finding]:
    last = backup_log.last()
    if last is None:
        yield yellow(_("There is no backup yet."), _("Run “farol backup” every night, and copy the file elsewhere."))
    elif clock.now() - last > BACKUP_AGE:
        yield red(
            _("The last backup is of %(when)s.") % {"when": clock.local(last).isoformat(timespec="minutes")},
            _("See why the nightly “farol backup” does not run."),
        )
    else:
        yield green(_("The last backup is of %(when)s.") % {"when": clock.local(last).isoformat(timespec="minutes")})


CHECKS = [
    Check("database", gettext_lazy("Database"), database, ready=True),
    Check("migrations", gettext_lazy("Form of the database"), migrations, ready=True),
    Check("worker", gettext_lazy("Worker"), worker, ready=True),
    Check("disk", gettext_lazy("Disk"), disk, ready=True),
    Check("keys", gettext_lazy("Keys"), keys),
    Check("address", gettext_lazy("Public address"), address),
    Check("library", gettext_lazy("Durability"), library),
    Check("integrity", gettext_lazy("Integrity"), integrity),
    Check("outbox", gettext_lazy("Outbox"), outbox),
    Check("jobs", gettext_lazy("Tasks"), jobs),
    Check("mail", gettext_lazy("E-mail"), mail),
    Check("clock", gettext_lazy("Clock"), time_of_day),
    Check("backup", gettext_lazy("Backup"), backup),
]
