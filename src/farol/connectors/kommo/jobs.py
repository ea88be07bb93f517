"""What Kommo needs on a schedule: a consent that nobody uses for three months is lost."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.connectors.kommo.account import configured
from farol.connectors.kommo.auth import by_consent, token_store
from farol.platform.jobs import Job, JobRun


def keep_access(run: JobRun) -> None:
    """Renews the access where it is about to expire. `Unauthorised` where consent is gone: the run counts as failed."""
    if configured() and by_consent():
        token_store().header()


JOBS = [Job("kommo.token", _("Kommo: keep the access alive"), "37 4 * * *", keep_access)]
