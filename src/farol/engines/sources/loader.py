"""What a room declares to be loadable (`load.LOADERS`), and what a load asks for and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

from farol.core.errors import NotFound, Refused
from farol.platform.apps import collect

if TYPE_CHECKING:
    import click


@dataclass(frozen=True)
class FileToLoad:
    """A file on the disk and the name the person knows it by."""

    path: Path
    name: str


@dataclass(frozen=True)
class LoadRequest:
    """What to load and how to read it; what is None is found out from the files.

    `accepted` names checks that the person lets pass; `postgres` is `(address, table)` in place of files.
    `extra` has the values of the loader's own options.
    """

    files: tuple[FileToLoad, ...] = ()
    replace_days: bool = False
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    date_format: str | None = None
    accepted: tuple[str, ...] = ()
    postgres: tuple[str, str] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class LoadOutcome:
    """Counts of a load. `data_version` is the version readers see afterwards, None if there is none yet."""

    data_version: str | None = None
    rows_read: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_deleted: int = 0
    rows_rejected: int = 0
    rejects_file: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)

    def to_json(self, run: str) -> dict[str, Any]:
        names = (
            "data_version",
            "rows_read",
            "rows_new",
            "rows_changed",
            "rows_unchanged",
            "rows_rejected",
            "rejects_file",
        )
        values = asdict(self)
        return {"run": run, **{name: values[name] for name in names}}


class RowsRejected(Refused):
    """Some rows are bad, so nothing was published; `outcome` has the counts and the file that says why."""

    code = "rows_rejected"

    def __init__(self, detail: Any, outcome: LoadOutcome) -> None:
        super().__init__(detail)
        self.outcome = outcome


STEPS = {
    "scan": _("Checking the file"),
    "read": _("Reading the rows"),
    "merge": _("Comparing with what is there"),
    "publish": _("Checking and publishing"),
    "fetch": _("Fetching"),
    "compare": _("Comparing the days"),
}


class Progress(Protocol):
    """Told how far a load is: `done` of `total` units of one of `STEPS` (0 of 0 where nobody can say)."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def silent(step: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True)
class Loader:
    """Something that can be loaded: `load` does it for a run (its id names the rejects file).

    `options` are options of its own on the command line; `screen` names the address of a page of its own for uploads.
    """

    name: str
    label: Any
    dataset: str
    permission: str
    load: Callable[[LoadRequest, str, Progress], LoadOutcome]
    help: Any = ""
    options: tuple[click.Option, ...] = ()
    screen: str = ""


def all_loaders() -> tuple[Loader, ...]:
    return collect("load", "LOADERS")


def find_loader(name: str) -> Loader:
    for loader in all_loaders():
        if loader.name == name:
            return loader
    raise NotFound(f"“{name}” cannot be loaded.")
