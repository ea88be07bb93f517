"""What goes into a backup besides the database. Rooms offer theirs as `PARTS` in their `backup.py`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Part:
    """`gather` fills the given folder with what belongs into `<name>/` of the data folder; consistent."""

    name: str
    gather: Callable[[Path], None]


def link(source: Path, target: Path) -> None:
    """Take an immutable file without copying it, where the file system can."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _files(folder: Path) -> None:
    """Attachments and reports: named by their content, so never changed."""
    source = settings.FAROL_HOME / "files"
    for path in source.rglob("*"):
        if path.is_file() and not path.is_symlink():
            link(path, folder / path.relative_to(source))


PARTS = [Part("files", _files)]
