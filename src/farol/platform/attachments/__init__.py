"""Files that belong to records: content-addressed, encrypted, judged before they are kept.

    made = attachments.attach("warranties:17", request.FILES["file"], principal, kind="invoice")
    attachments.of("warranties:17")
    return attachments.response(attachments.find("warranties:17", pk), principal)
    attachments.remove(made, principal)

Who may see a record may see its files; asking that is the part of the record's own room.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet
    from django.http import StreamingHttpResponse

    from farol.platform.accounts.principal import Principal
    from farol.platform.attachments.models import Attachment

__all__ = ["attach", "find", "of", "open_attachment", "remove", "response"]


def attach(record: str, uploaded: UploadedFile, principal: Principal, kind: str = "") -> Attachment:
    """Judge a file by its content and keep it with a record.

    The file is on the disk before its row is written. `BadInput` for a file that may not be kept or is too large,
    `Refused` beyond the person's quota of the day or the record's number of files.
    """
    from farol.platform.attachments.services import attach as run

    return run(record, uploaded, principal, kind)


def of(record: str) -> QuerySet[Attachment]:
    """The files of a record, without those taken away."""
    from farol.platform.attachments.services import of as run

    return run(record)


def find(record: str, pk: int) -> Attachment:
    """A file of this record; `NotFound` for any other."""
    from farol.platform.attachments.services import find as run

    return run(record, pk)


def remove(attachment: Attachment, principal: Principal) -> None:
    """Take a file away from its record; row and content stay in the history. `Refused` if that happened already."""
    from farol.platform.attachments.services import remove as run

    run(attachment, principal)


def open_attachment(attachment: Attachment) -> Iterator[bytes]:
    """The content in chunks; `Unavailable` where the file is missing or damaged."""
    from farol.platform.attachments.services import content

    return content(attachment)


def response(attachment: Attachment, principal: Principal) -> StreamingHttpResponse:
    """The file to take away, never shown by the browser as a page of ours; the audit tells who took it."""
    from farol.platform.attachments.services import response as run

    return run(attachment, principal)
