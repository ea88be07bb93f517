"""Uploaded files: capped while they arrive, kept under names of our own, gone when their load ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.sources.loader import FileToLoad

MOST_FILES = 20
LONGEST_NAME = 120


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Streams to disk and stops as soon as a request brings more than `FAROL_UPLOAD_MB`."""

    received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        if content_length > _cap():
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > _cap():
            raise RequestDataTooBig
        super().receive_data_chunk(raw_data, start)


def keep(run: int, files: Sequence[UploadedFile]) -> list[FileToLoad]:
    """Move uploaded files to the folder of their run. `BadInput` for none, too many, or an empty one."""
    if not files or len(files) > MOST_FILES:
        raise BadInput("files", _("Choose from 1 to %(most)s files.") % {"most": MOST_FILES})
    folder = upload_folder(run)
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for place, file in enumerate(files):
        target = folder / str(place)
        shutil.move(file.temporary_file_path(), target)  # type: ignore[attr-defined]
        os.chmod(target, 0o600)
        kept.append(FileToLoad(target, shown_name(file.name or "")))
    return kept


def shown_name(name: str) -> str:
    """The last part of a name, without control characters."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in plain if c.isprintable())[:LONGEST_NAME] or _("file")


def forget(run: int) -> None:
    shutil.rmtree(upload_folder(run), ignore_errors=True)


def upload_folder(run: int) -> Path:
    return Path(settings.FAROL_HOME) / "uploads" / str(run)


def _cap() -> int:
    return int(settings.FAROL_UPLOAD_MB) << 20
