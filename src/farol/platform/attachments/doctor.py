"""Whether the files of records are there and whole."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.platform.attachments import storage
from farol.platform.attachments.models import Attachment
from farol.platform.operation.checks import Check, Finding, green, red

NEWEST, OTHERS = 100, 100


def files() -> Iterator[Finding]:
    """Every content is looked for; the newest and some others are decrypted and compared with their hash."""
    missing = [a for a in Attachment.objects.iterator() if not storage.place(a.stored).is_file()]
    sample = {a.pk: a for a in Attachment.objects.order_by("-id")[:NEWEST]}
    sample |= {a.pk: a for a in Attachment.objects.order_by("?")[:OTHERS]}
    lost = {a.pk for a in missing}
    damaged = [a for a in sample.values() if a.pk not in lost and not storage.is_whole(a.stored, a.sha256)]
    bad = missing + damaged
    if bad:
        named = ", ".join(f"{a.record} ({a.pk})" for a in bad[:10])
        yield red(
            _("%(count)s files of records are missing or damaged: %(which)s.") % {"count": len(bad), "which": named},
            _("Bring the folder “files” back from the last backup."),
        )
    else:
        text = _("%(count)s files of records are there; %(read)s were read and are whole.")
        yield green(text % {"count": Attachment.objects.count(), "read": len(sample)})


CHECKS = [Check("attachments", gettext_lazy("Files of records"), files)]
