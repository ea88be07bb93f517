"""Is what was published there, can it be opened, and is it fresh?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.core.errors import Unavailable
from farol.engines.warehouse.catalog import Version
from farol.engines.warehouse.dataset import Dataset, all_datasets
from farol.engines.warehouse.duck import version_path
from farol.engines.warehouse.versions import current_version, open_reader
from farol.platform.operation.checks import Check, Finding, green, red, yellow

STALE = dt.timedelta(days=2)


def readable() -> Iterator[Finding]:
    """Every published version opens; nothing published yet is no fault."""
    published = [(dataset, version) for dataset in all_datasets() if (version := current_version(dataset.name))]
    for dataset, version in published:
        if not _opens(dataset, version):
            yield red(
                _("Version %(version)s of “%(dataset)s” cannot be opened.")
                % {"version": version.name, "dataset": dataset.label},
                _("Go back to an earlier version with “farol warehouse rollback”, or load the data again."),
            )
            return
    yield green(_("%(count)s published data sets can be read.") % {"count": len(published)})


def _opens(dataset: Dataset, version: Version) -> bool:
    if settings.FAROL_WAREHOUSE == "duckdb" and not version_path(dataset.name, version.number).exists():
        return False  # a process that has it open would not notice
    try:
        open_reader(dataset.name, version.name).close()
    except Unavailable:
        return False
    return True


def fresh() -> Iterator[Finding]:
    """The data reach until yesterday, or the day before at worst."""
    for dataset in all_datasets():
        version = current_version(dataset.name)
        if version is None:
            yield yellow(
                _("There are no data for “%(dataset)s” yet.") % {"dataset": dataset.label},
                _("Load a file on the page of data sources, or with “farol load”."),
            )
        elif version.complete_until and clock.today() - version.complete_until > STALE:
            yield yellow(
                _("The data of “%(dataset)s” end on %(day)s.")
                % {"dataset": dataset.label, "day": version.complete_until.isoformat()},
                _("See on the page of data sources why nothing newer was loaded."),
            )
        else:
            yield green(_("The data of “%(dataset)s” are up to date.") % {"dataset": dataset.label})


CHECKS = [
    Check("warehouse", gettext_lazy("Warehouse"), readable, ready=True),
    Check("freshness", gettext_lazy("Freshness of the data"), fresh),
]
