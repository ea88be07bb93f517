"""When the last backup was made: a file beside the data, because a restore must not bring an old answer back."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from farol.core import clock


def note() -> None:
    path = settings.FAROL_HOME / "tmp" / "last-backup"
    path.parent.mkdir(exist_ok=True)
    path.write_text(clock.now().isoformat(), encoding="ascii")


def last() -> dt.datetime | None:
    path = settings.FAROL_HOME / "tmp" / "last-backup"
    return dt.datetime.fromisoformat(path.read_text(encoding="ascii")) if path.exists() else None
