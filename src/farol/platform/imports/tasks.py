"""Large files, checked and saved by the worker."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django_tasks import task

from farol.platform.accounts.principal import principal_of
from farol.platform.imports import services
from farol.platform.imports.declared import find_importer
from farol.platform.imports.models import ImportRun


@task()
def bring_on(run_id: int) -> None:
    """Check a file that waits for it, or save one that its person confirmed; the run tells how it went."""
    run = ImportRun.objects.select_related("person").get(pk=run_id)
    importer, principal = find_importer(run.importer), principal_of(run.person)
    with translation.override(run.person.language or settings.LANGUAGE_CODE):
        if run.state == ImportRun.State.CHECKING:
            services.check(run, importer, principal)
        elif run.state == ImportRun.State.SAVING:
            services.save(run, importer, principal)
