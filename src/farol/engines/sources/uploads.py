"""Uploaded files: kept under names of our own, gone when their load ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.sources.loader import FileToLoad
from farol.platform.tables.uploads import shown_name

MOST_FILES = 20


def keep(run: int, files: Sequence[UploadedFile]) -> list[FileToLoad]:
    """Move uploaded files to the folder of their run. `BadInput` for none, too many, or an empty one."""
    if not files or len(files) > MOST_FILES:
        raise BadInput("files", _("Choose from 1 to %(most)s files.") % {"most": MOST_FILES})
    folder = upload_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for place, file in enumerate(files):
        target = folder / str(place)
        shutil.move(file.temporary_file_path(), target)
        os.chmod(target, 0o600)
        kept.append(FileToLoad(target, shown_name(file.name or "")))
    return kept


def forget(run: int) -> None:
    shutil.rmtree(upload_folder(run), ignore_errors=True)


def upload_folder(run: int) -> Path:
    return Path(settings.FAROL_HOME) / "uploads" / str(run)
