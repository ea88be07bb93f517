"""Loads delimited files and workbooks into a dataset: read, check, merge by grain, publish."""

from __future__ import annotations

import logging
from pathlib import Path

import duckdb
from django.conf import settings
from django.utils.translation import gettext as _

from farol.connectors.files.read import Incoming, read_files
from farol.connectors.files.spec import FileSpec
from farol.connectors.files.stage import INCOMING
from farol.core.errors import Unavailable
from farol.engines.sources.loader import LoadOutcome, LoadRequest, Progress, RowsRejected
from farol.engines.warehouse import Dataset, Landing, Merged, find_dataset, open_landing, publish

log = logging.getLogger(__name__)


def load_files(
    dataset_name: str, spec: FileSpec, request: LoadRequest, run: str, progress: Progress, relaxed: tuple[str, ...] = ()
) -> LoadOutcome:
    """All rows of all files land, or none: `RowsRejected` names the file with the bad ones.

    `relaxed` are the checks that replacing whole days lets pass, since the person said that rows may go.
    `Refused` where a check of the dataset does not hold, or where another load keeps running.
    """
    try:
        return _load(find_dataset(dataset_name), spec, request, run, progress, relaxed)
    except duckdb.Error as error:  # disk full, memory limit: the published version is untouched
        log.exception("load %s of %s stopped", run, dataset_name)
        raise Unavailable(
            _("The load stopped: %(reason)s. Nothing was changed.") % {"reason": _short(error)}
        ) from error


def _short(error: duckdb.Error) -> str:
    return str(error).splitlines()[0][:200]


def _load(
    dataset: Dataset, spec: FileSpec, request: LoadRequest, run: str, progress: Progress, relaxed: tuple[str, ...]
) -> LoadOutcome:
    with open_landing(dataset) as landing:
        work = landing.folder / "work"
        work.mkdir(exist_ok=True)
        rejects = Path(settings.FAROL_HOME) / "rejects" / f"{run}.csv"
        types = dict(dataset.landed.columns)
        read = read_files(landing.connection, spec, types, request, work, rejects, progress)
        if read.rejected:
            raise _rejected(landing, read)
        progress("merge", 0, 1)
        merged = landing.merge(INCOMING, replace_days=request.replace_days, absent=read.absent)
        accepted = (*request.accepted, *(relaxed if request.replace_days else ()))
        return _published(landing, read, merged, accepted, run, progress)


def _published(
    landing: Landing, read: Incoming, merged: Merged, accepted: tuple[str, ...], run: str, progress: Progress
) -> LoadOutcome:
    version = landing.base
    if not merged.nothing or version is None:
        progress("publish", 0, 1)
        version = publish(landing, run=run, accepted=accepted)
        progress("publish", 1, 1)
    return LoadOutcome(
        data_version=version.name,
        rows_read=read.rows,
        rows_new=merged.new,
        rows_changed=merged.changed,
        rows_unchanged=merged.unchanged,
        rows_deleted=merged.deleted,
        columns=read.report,
        digests=read.digests,
    )


def _rejected(landing: Landing, read: Incoming) -> RowsRejected:
    outcome = LoadOutcome(
        data_version=landing.base.name if landing.base else None,
        rows_read=read.rows,
        rows_rejected=read.rejected,
        rejects_file=str(read.rejects),
        columns=read.report,
        digests=read.digests,
    )
    sentence = _("%(bad)d of %(rows)d rows are bad, so nothing was loaded. A file lists them with the reasons.")
    return RowsRejected(sentence % {"bad": read.rejected, "rows": read.rows}, outcome)
