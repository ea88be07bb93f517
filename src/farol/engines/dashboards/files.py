"""Cards, boards and rows as files. What a file holds is what the page shows: same scope, same rights, same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from farol.core.errors import NotFound, Refused
from farol.engines.dashboards import rows, tables
from farol.engines.dashboards.answers import Answered, answer_cards
from farol.engines.dashboards.board import Card, Table
from farol.engines.dashboards.scope import Scope
from farol.platform.audit import record
from farol.platform.exports import Column, csv_lines, xlsx, xlsx_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def card_file(scope: Scope, card: Card, kind: str) -> HttpResponseBase:
    """`kind` is `csv` or `xlsx`; `NotFound` for another, `Refused` where the card has no rows to give."""
    table = _table(_only(answer_cards(scope, [card])))
    if table is None:
        raise Refused(_("This card has nothing to export for this period."))
    return _send(scope, card.slug, kind, table.columns, tables.values(table))


def workbook(scope: Scope) -> HttpResponseBase:
    """One sheet for each card that has rows, the first of them saying what was asked."""
    scope.principal.require("export")
    sheets = [_sheet(answered) for answered in answer_cards(scope, scope.board.cards.values())]
    record(scope.principal, "export.board", target=scope.board.slug, params={"address": scope.address()})
    return _attached(
        lambda target: xlsx_book(target, [_question(scope), *(sheet for sheet in sheets if sheet)]),
        _name(scope, "", "xlsx"),
    )


def rows_file(scope: Scope, kind: str) -> HttpResponseBase:
    """Every row of the loaded files behind the figures."""
    scope.principal.require("export")
    return _send(scope, "rows", kind, *rows.every(scope))


def _only(answered: list[Answered]) -> Answered:
    (found,) = answered
    return found


def _table(answered: Answered) -> Table | None:
    if answered.failure:
        raise Refused(answered.failure)
    return answered.drawing.table if answered.drawing else None


def _sheet(answered: Answered) -> tuple[str, Any, Any] | None:
    """None for a card without rows; the reason instead of rows for one that failed."""
    title = str(answered.card.title)
    if answered.failure:
        return title, [Column("failure", _("Not worked out"))], [[answered.failure]]
    table = _table(answered)
    return (title, table.columns, tables.values(table)) if table else None


def _question(scope: Scope) -> tuple[str, list[Column], list[list[Any]]]:
    """The sheet that says what the others answer."""
    lines = [[_("Board"), str(scope.board.label)], [_("Period"), str(scope.period)], [_("Base"), scope.base]]
    lines += [[str(scope.model.dimension(name).label), ", ".join(values)] for name, values in scope.where.items()]
    lines += [[_("Data complete until"), scope.span.complete_until.isoformat()], [_("Version"), scope.span.version]]
    return _("Question"), [Column("what", _("What")), Column("value", _("Value"))], lines


def _send(scope: Scope, what: str, kind: str, columns: Any, body: Iterable[Any]) -> HttpResponseBase:
    scope.principal.require("export")
    if kind not in ("csv", "xlsx"):
        raise NotFound("")
    params = {"card": what, "kind": kind, "address": scope.address()}
    record(scope.principal, "export.card", target=scope.board.slug, params=params)
    name = _name(scope, what, kind)
    if kind == "csv":
        lines = csv_lines(columns, body, scope.language)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return _attached(lambda target: xlsx(target, columns, body, what), name)


def _attached(write: Callable[[BinaryIO], None], name: str) -> HttpResponseBase:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write(target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)


def _name(scope: Scope, what: str, kind: str) -> str:
    period = str(scope.period).replace("..", "_")
    return "-".join(part for part in (scope.board.slug, what, period) if part) + f".{kind}"
