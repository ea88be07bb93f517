"""The catalog of a dataset as a file that is replaced in one step."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext as _

from farol.core.errors import Unavailable
from farol.engines.warehouse.catalog import Catalog


def read_catalog(folder: Path) -> Catalog:
    """The catalog in a dataset's folder, empty where there is none; `Unavailable` if it is damaged."""
    return _catalogs.read(folder / "catalog.json")


def write_catalog(folder: Path, catalog: Catalog) -> None:
    """Replace the catalog; it is on the disk when this returns."""
    target = folder / "catalog.json"
    fresh = target.with_suffix(".new")
    fresh.write_text(catalog.dumps(), encoding="utf-8")
    sync(fresh)
    fresh.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Catalogs:
    """Parsed catalogs, read again only when the file was replaced: one `stat` per request."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[tuple[int, int, int], Catalog]] = {}

    def read(self, path: Path) -> Catalog:
        try:
            with path.open(encoding="utf-8") as file:
                state = os.fstat(file.fileno())
                stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
                kept = self._kept.get(path)
                if not kept or kept[0] != stamp:
                    kept = self._kept[path] = (stamp, Catalog.loads(file.read()))
                return kept[1]
        except FileNotFoundError:
            return Catalog()
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable(_("The list of published versions is damaged. Restore it from a backup.")) from error


_catalogs = _Catalogs()
