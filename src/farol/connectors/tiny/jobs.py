"""Every hour: what nobody knows about is searched for again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.connectors.tiny.port import ErpError
from farol.connectors.tiny.reconcile import erp_channels, reconcile
from farol.platform.jobs import Job, JobRun
from farol.platform.outbox import Permanent, Retry
from farol.platform.outbox.models import OutboxMessage, State


def look(run: JobRun) -> None:
    """`ErpError` in words when Tiny does not answer: the run counts as failed."""
    names = [channel.name for channel in erp_channels()]
    if not OutboxMessage.objects.filter(channel__in=names, state=State.UNKNOWN).exists():
        return
    try:
        run.progress(reconcile())
    except (Permanent, Retry) as error:
        raise ErpError(str(error)) from error


JOBS = [Job("tiny.reconcile", _("Tiny: look for documents in doubt"), "23 * * * *", look)]
