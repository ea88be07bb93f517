"""Taking a file, checking it, saving it: all of its rows or none."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, FarolError, NotFound, Refused
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.imports import kept
from farol.platform.imports.cells import columns_of, given, value_of
from farol.platform.imports.declared import Checked, Given, Importer, Problem
from farol.platform.imports.models import ImportRun
from farol.platform.tables.plain import digest_of
from farol.platform.tables.typed import Line, rows_of
from farol.platform.tables.uploads import on_disk, shown_name

MB = 1 << 20
MOST_MB = 20
MOST_WAITING = 5
AT_ONCE = 200  # rows that a page checks or saves itself; more is the worker's
LIFE = dt.timedelta(hours=24)
STUCK = dt.timedelta(minutes=15)
State = ImportRun.State


def receive(importer: Importer, uploaded: UploadedFile, principal: Principal) -> ImportRun:
    """Read a file and keep what is in it for the person who sent it.

    `BadInput` for a file that cannot be read, is too large, or lacks required columns.
    """
    name = shown_name(uploaded.name or "")
    if (uploaded.size or 0) > MOST_MB * MB:
        raise BadInput("file", _("%(file)s is larger than %(most)s MB.") % {"file": name, "most": MOST_MB})
    _refuse_many(principal)
    with on_disk(uploaded) as path, tempfile.TemporaryDirectory(prefix="farol-import-") as work:
        lines = rows_of(path, name, Path(work), importer.most_rows)
        digest = digest_of(path)
    if not lines:
        raise BadInput("file", _("%(file)s is empty.") % {"file": name})
    columns_of(lines[0], importer)
    lines = _without_example(lines, importer)
    if len(lines) < 2:
        raise BadInput("file", _("%(file)s has no rows below its heading.") % {"file": name})
    run = ImportRun(importer=importer.name, person_id=principal.user_id, file_name=name, digest=digest)
    run.rows = len(lines) - 1
    kept.keep_lines(run.token, lines)
    run.save()
    return run


def _refuse_many(principal: Principal) -> None:
    waiting = ImportRun.objects.filter(person=principal.user_id, state__in=(State.CHECKING, State.SAVING))
    if waiting.filter(changed_at__gt=clock.now() - STUCK).count() >= MOST_WAITING:
        raise Refused(_("You already have %(count)s files waiting. Wait until they end.") % {"count": MOST_WAITING})


def _without_example(lines: list[Line], importer: Importer) -> list[Line]:
    """The template's own row says how to fill it in and is nobody's record."""
    if len(lines) < 2:
        return lines
    rows, _problems = given(lines[1:2], columns_of(lines[0], importer))
    example = {f.name: value_of(f, f.example) for f in importer.columns if f.example is not None}
    same = bool(example) and bool(rows) and {k: v for k, v in rows[0].values.items() if v is not None} == example
    return [lines[0], *lines[2:]] if same else lines


def find(importer: Importer, token: str, principal: Principal) -> ImportRun:
    """A run of this person; `NotFound` for those of others and for unknown ones."""
    run = ImportRun.objects.filter(importer=importer.name, token=token[:32], person=principal.user_id or 0).first()
    if run is None:
        raise NotFound(_("There is no such import of yours, or it has expired."))
    if run.created_at < clock.now() - LIFE and run.state in (State.READY, State.BAD, State.CHECKING):
        expire(run)
    return run


def expire(run: ImportRun) -> None:
    _move(run, (State.READY, State.BAD, State.CHECKING, State.FAILED), State.EXPIRED)
    kept.forget(run.token)


def done_before(run: ImportRun) -> ImportRun | None:
    """An earlier import of the very same file."""
    same = ImportRun.objects.filter(importer=run.importer, digest=run.digest, state=State.DONE)
    return same.exclude(pk=run.pk).select_related("person").first()


def judge(importer: Importer, lines: list[Line], principal: Principal) -> tuple[list[Given], Checked]:
    """Every row read and checked; the problems of cells and those of the importer, in the order of the file."""
    rows, problems = given(lines[1:], columns_of(lines[0], importer))
    checked = importer.check(rows, principal)
    checked.problems = sorted([*problems, *checked.problems], key=lambda problem: problem.line)
    return rows, checked


def check(run: ImportRun, importer: Importer, principal: Principal) -> None:
    """Find what is wrong with the rows; nothing is changed but the run."""
    _rows, checked = judge(importer, kept.lines(run.token), principal)
    kept.keep_findings(run.token, checked.problems, checked.notes)
    run.bad_rows = len({problem.line for problem in checked.problems})
    _move(run, (State.CHECKING,), State.BAD if checked.problems else State.READY, bad_rows=run.bad_rows)


def claim(run: ImportRun, *, again: bool) -> bool:
    """The person's word that the file shall be imported; False if that was said before.

    `Refused` for a file with bad rows, one that is over, and (without `again`) one whose rows were imported already.
    """
    if run.state == State.READY and not again and done_before(run):
        raise Refused(_("This very file was imported already. Say that it shall be imported once more."))
    from_states = (State.READY, State.SAVING) if _stuck(run) else (State.READY,)
    if _move(run, from_states, State.SAVING):
        return True
    if run.state in (State.SAVING, State.DONE):
        return False
    raise Refused(_("This file cannot be imported: %(state)s.") % {"state": run.get_state_display()})


def _stuck(run: ImportRun) -> bool:
    """A process that was killed while saving left it so; its rows went with its transaction."""
    return run.state == State.SAVING and run.changed_at < clock.now() - STUCK


def save(run: ImportRun, importer: Importer, principal: Principal) -> None:
    """Save every row and mark the run, in one transaction. What stands in the way is kept with the run."""
    principal.require(importer.permission)
    try:
        with transaction.atomic():
            _save_all(run, importer, principal)
    except _Wrong as wrong:
        kept.keep_findings(run.token, wrong.problems, [])
        bad = len({problem.line for problem in wrong.problems})
        _move(run, (State.SAVING,), State.BAD, bad_rows=bad)
    except BaseException:
        _move(run, (State.SAVING,), State.FAILED, error=_("The import stopped. Nothing of the file was saved."))
        raise
    else:
        kept.forget(run.token)


class _Wrong(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def _save_all(run: ImportRun, importer: Importer, principal: Principal) -> None:
    rows, checked = judge(importer, kept.lines(run.token), principal)
    if checked.problems:
        raise _Wrong(checked.problems)
    for row, values in zip(rows, checked.values, strict=True):
        try:
            importer.save(values, principal)
        except FarolError as error:
            raise _Wrong([Problem(row.line, getattr(error, "field", ""), str(error.detail))]) from error
    if not _move(run, (State.SAVING,), State.DONE, bad_rows=0):
        raise Refused(_("This file was imported meanwhile."))
    params = {"rows": len(rows), "digest": run.digest, "file": run.pk}
    audit.record(principal, "records.imported", target=importer.name, params=params)


def discard(run: ImportRun) -> None:
    """Forget what was read; `Refused` once it is being saved or saved."""
    if not _move(run, (State.READY, State.BAD, State.CHECKING, State.FAILED), State.DISCARDED):
        raise Refused(_("This file cannot be discarded any more."))
    kept.forget(run.token)


def _move(run: ImportRun, origin: Collection[object], target: object, **values: object) -> bool:
    """Only from these states, whoever else acts at the same moment; the run as it is afterwards is loaded."""
    values = {"state": target, "changed_at": clock.now(), **values}
    moved = ImportRun.objects.filter(pk=run.pk, state__in=origin).update(**values)
    run.refresh_from_db()
    return bool(moved)
