"""The one clock. Everything that asks for the time asks here, so that a test or a simulation can set it.

`FAROL_CLOCK_FILE`, where set, names a file that holds one ISO instant; web, worker and simulators read it on
every call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

_zone = ZoneInfo("America/Sao_Paulo")
_file: Path | None = None
_frozen: dt.datetime | None = None


def configure(*, zone: str, clock_file: str | None) -> None:
    """Set the business time zone and the file of the simulated instant; called once by the settings."""
    global _zone, _file
    _zone = ZoneInfo(zone)
    _file = Path(clock_file) if clock_file else None


def zone() -> ZoneInfo:
    """The one business time zone of this installation."""
    return _zone


def now() -> dt.datetime:
    """The current instant, aware, in UTC."""
    if _frozen is not None:
        return _frozen
    if _file is not None and _file.exists():
        return dt.datetime.fromisoformat(_file.read_text(encoding="ascii").strip()).astimezone(dt.UTC)
    return dt.datetime.now(dt.UTC)


def local(instant: dt.datetime) -> dt.datetime:
    """An aware instant in the business time zone."""
    return instant.astimezone(_zone)


def today() -> dt.date:
    """The current local day of business."""
    return local(now()).date()


@contextmanager
def frozen(instant: dt.datetime) -> Iterator[None]:
    """Hold the clock of this process at an aware instant (tests)."""
    global _frozen
    before, _frozen = _frozen, instant.astimezone(dt.UTC)
    try:
        yield
    finally:
        _frozen = before
