"""What `farol.platform.attachments` offers; described there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, NotFound, Refused, Unavailable
from farol.platform import audit
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal
from farol.platform.attachments import storage
from farol.platform.attachments.judging import judge
from farol.platform.attachments.models import Attachment
from farol.platform.tables.plain import digest_of
from farol.platform.tables.uploads import on_disk, shown_name

MB = 1 << 20
MOST_PER_RECORD = 100
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def attach(record: str, uploaded: UploadedFile, principal: Principal, kind: str = "") -> Attachment:
    name = shown_name(uploaded.name or "")
    most = int(settings.FAROL_ATTACHMENT_MB)
    if (uploaded.size or 0) > most * MB:
        raise BadInput("file", _("%(file)s is larger than %(most)s MB.") % {"file": name, "most": most})
    with on_disk(uploaded) as path:
        judged, name = judge(path, name)
        sha256 = digest_of(path)
        with transaction.atomic():
            _within_limits(record, principal, path.stat().st_size)
            made = Attachment.objects.create(
                record=record,
                name=name,
                kind=kind,
                content_type=judged.content_type,
                size=path.stat().st_size,
                sha256=sha256,
                stored=storage.keep(_chunks(path), sha256),
                person_id=principal.user_id,
                actor="" if principal.user_id else principal.label,
            )
            audit.record(principal, "attachment.added", target=record, params={"attachment": made.pk, "kind": kind})
    return made


def of(record: str) -> QuerySet[Attachment]:
    return Attachment.objects.filter(record=record, removed_at=None).select_related("person")


def find(record: str, pk: int) -> Attachment:
    found = of(record).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise NotFound(_("This file is not there, or was taken away."))
    return found


def remove(attachment: Attachment, principal: Principal) -> None:
    with transaction.atomic():
        changed = Attachment.objects.filter(pk=attachment.pk, removed_at=None).update(
            removed_at=clock.now(), removed_by_id=principal.user_id
        )
        if not changed:
            raise Refused(_("Somebody has taken this file away already."))
        audit.record(principal, "attachment.removed", target=attachment.record, params={"attachment": attachment.pk})


def content(attachment: Attachment) -> Iterator[bytes]:
    try:
        yield from storage.read(attachment.stored)
    except (OSError, storage.Damaged) as error:
        raise Unavailable(_("This file cannot be read. Tell an administrator: “farol doctor” names it.")) from error


def response(attachment: Attachment, principal: Principal) -> StreamingHttpResponse:
    chunks = content(attachment)
    first = next(chunks)  # what cannot be read is said before an answer has begun
    audit.record(principal, "attachment.opened", target=attachment.record, params={"attachment": attachment.pk})
    answer = StreamingHttpResponse(_joined(first, chunks), content_type=attachment.content_type, headers=HEADERS)
    answer["Content-Disposition"] = content_disposition_header(True, attachment.name)
    answer["Content-Length"] = str(attachment.size)
    return answer


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _within_limits(record: str, principal: Principal, size: int) -> None:
    """Under a lock on the person, so that two files at once do not both count as the last one."""
    if of(record).count() >= MOST_PER_RECORD:
        raise Refused(_("This record has %(most)s files already; it takes no more.") % {"most": MOST_PER_RECORD})
    if principal.user_id is None:
        return
    list(User.objects.select_for_update().filter(pk=principal.user_id).values("pk"))
    since = clock.now() - dt.timedelta(days=1)
    sent = Attachment.objects.filter(person=principal.user_id, at__gt=since).aggregate(sum=Sum("size"))["sum"] or 0
    most = int(settings.FAROL_ATTACHMENT_DAILY_MB)
    if sent + size > most * MB:
        raise Refused(_("You have sent %(most)s MB of files within a day, which is the limit.") % {"most": most})


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(MB):
            yield chunk
