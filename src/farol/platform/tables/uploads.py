"""Uploaded files while they arrive and under the names that people gave them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext as _

LONGEST_NAME = 120
USUAL_MB = 64  # for every address that does not say more: far above what attachments and imports take
View = TypeVar("View", bound=Callable)


def takes_files(setting: str) -> Callable[[View], View]:
    """The view takes uploads of up to as many MB as a setting says."""

    def mark(view: View) -> View:
        view.upload_setting = setting  # type: ignore[attr-defined]
        return view

    return mark


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Streams to disk and stops as soon as a request brings more than its address takes."""

    received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        if content_length > self._cap:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self._cap:
            raise RequestDataTooBig
        super().receive_data_chunk(raw_data, start)

    @property
    def _cap(self) -> int:
        match = getattr(self.request, "resolver_match", None)
        setting = getattr(match.func, "upload_setting", "") if match else ""
        return (int(getattr(settings, setting)) if setting else USUAL_MB) << 20


def shown_name(name: str) -> str:
    """The last part of a name, without control characters."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in plain if c.isprintable())[:LONGEST_NAME] or _("file")


@contextmanager
def on_disk(uploaded: UploadedFile) -> Iterator[Path]:
    """The uploaded content as a file, for the time of the block."""
    if hasattr(uploaded, "temporary_file_path"):
        yield Path(uploaded.temporary_file_path())
        return
    handle, name = tempfile.mkstemp(prefix="farol-upload-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in uploaded.chunks():
                file.write(chunk)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
