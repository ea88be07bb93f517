"""Every morning: tell people what is due; every night: forget drafts that nobody came back to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.engines.workflow import deadlines, drafts
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module, modules
from farol.platform.jobs import Job, JobRun
from farol.platform.notifications import notify

DUE = "deadline.due"


def tell_owners(run: JobRun) -> None:
    """One notice per record, person and day, however often the job runs."""
    kinds = list(modules().values())
    for done, module in enumerate(kinds):
        run.progress(done, len(kinds), str(module.plural))
        for record in deadlines.narrow(module.model._default_manager.exclude(owner=None), "due").iterator():
            run.check()
            _tell(module, record)


def _tell(module: Module, record: Case) -> None:
    today = clock.today().isoformat()
    notify(
        [record.owner_id],
        DUE,
        record=record.reference,
        url=module.url(record),
        params={"number": record.number, "deadline": record.deadline.isoformat()},
        key=f"{DUE}:{record.reference}:{today}",
    )


def prune_drafts(run: JobRun) -> None:
    drafts.prune()


JOBS = [
    Job("workflow.deadlines", _("Deadlines: tell people what is due"), "0 7 * * 1-5", tell_owners),
    Job("workflow.drafts", _("Drafts: forget old ones"), "40 3 * * *", prune_drafts, quiet=True),
]
