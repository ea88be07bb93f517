"""Files that somebody has sent but not yet said how to read: at most one set for each person, replaced by the next."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from farol.areas.crm.files.mapping import FIELDS
from farol.engines.sources.loader import FileToLoad
from farol.platform.tables.uploads import on_disk, shown_name


def keep(user: int, files: Mapping[str, UploadedFile]) -> None:
    """Keep the uploaded file of each table, in place of what the person sent before."""
    folder = _folder(user)
    forget(user)
    folder.mkdir(parents=True, mode=0o700)
    for table, uploaded in files.items():
        with on_disk(uploaded) as path:
            shutil.copyfile(path, folder / table)
        os.chmod(folder / table, 0o600)
    names = {table: shown_name(uploaded.name or "") for table, uploaded in files.items()}
    (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")


def kept(user: int) -> dict[str, FileToLoad]:
    """The file of each table, in the order of `FIELDS`; empty where the person has sent nothing."""
    folder = _folder(user)
    if not (folder / "names.json").exists():
        return {}
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    return {table: FileToLoad(folder / table, names[table]) for table in FIELDS if table in names}


def hand_over(files: Mapping[str, FileToLoad], folder: Path) -> None:
    """Move the files to where the worker looks for them: numbered, in their order."""
    folder.mkdir(parents=True)
    for place, file in enumerate(files.values()):
        shutil.move(file.path, folder / str(place))


def forget(user: int) -> None:
    shutil.rmtree(_folder(user), ignore_errors=True)


def _folder(user: int) -> Path:
    return Path(settings.FAROL_HOME) / "uploads" / f"crm-{user}"
