"""The pages of a board. An area mounts them with `board_patterns`, under its own address and permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from farol.core.errors import Unavailable
from farol.engines.dashboards import files, kept, pages, rows, saved
from farol.engines.dashboards.answers import answer_cards
from farol.engines.dashboards.board import Board
from farol.engines.dashboards.scope import Scope, Span, read_scope
from farol.engines.warehouse import open_reader
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.accounts.rights import CATALOGUE

View = Callable[..., HttpResponseBase]


def board_patterns(board: Board) -> list[URLPattern]:
    """Addresses of a board: the page, single cards, their files, the rows behind them, and saved views."""
    guard = requires(board.permission)

    def at(route: str, view: View, name: str, method: Callable[[View], View] = require_GET) -> URLPattern:
        def bound(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            return view(request, board, **kwargs)

        return path(route, guard(method(bound)), name=name)

    return [
        at("", board_page, "board"),
        at("pasta.xlsx", workbook, "workbook"),
        at("cartao/<slug:slug>", card_page, "card"),
        at("cartao/<slug:slug>.<slug:kind>", card_file, "card_file"),
        at("linhas", rows_page, "rows"),
        at("linhas.<slug:kind>", rows_file, "rows_file"),
        at("visoes", save_view, "views", require_POST),
        at("visoes/<str:code>", open_view, "view"),
        at("visoes/<str:code>/excluir", delete_view, "delete_view", require_POST),
    ]


def span_of(dataset: str) -> Span:
    """The days of the published version; `Unavailable` while there is none."""
    with open_reader(dataset) as reader:
        if reader.complete_until is None or reader.first_day is None:
            raise Unavailable(_("No data were loaded yet."))
        return Span(reader.first_day, reader.complete_until, reader.version, reader.published_at)


def scope_of(request: HttpRequest, board: Board, parameters: QueryDict | None = None) -> Scope:
    """The checked address of a request, or other `parameters`, with the person who asks."""
    principal = _asker(request)
    span = span_of(board.semantic_model.dataset)
    return read_scope(
        board, request.GET if parameters is None else parameters, principal, span, get_language() or "pt-br"
    )


def board_page(request: HttpRequest, board: Board) -> HttpResponse:
    """The whole board; a page that says what to do while nothing was loaded."""
    try:
        scope = scope_of(request, board).on(board.model)
    except Unavailable as error:
        return nothing(request, board, error)
    current = saved.find(board, request.GET["view"], scope.principal) if request.GET.get("view") else None
    shared = pages.common(scope)

    def work_out() -> tuple[SafeString, bool]:
        answered = answer_cards(scope, board.cards.values())
        html = render_to_string("dashboards/grid.html", {**shared, "rows": pages.grid(scope, board.rows, answered)})
        whole = not any(found.failure for found in answered)
        return html, whole and span_of(board.semantic_model.dataset) == scope.span

    context = {**shared, **pages.context(scope, current, request), "cards": kept.cards_of(scope, work_out)}
    return render(request, "dashboards/board.html", context)


def nothing(request: HttpRequest, board: Board, error: Unavailable) -> HttpResponse:
    """Says why there is nothing to show, and leads those who may load a file to where they do."""
    principal = _asker(request)
    rights = [name for name in ("upload", f"upload.{board.model}") if name in CATALOGUE]
    may_load = any(principal.may(name) for name in rights)
    context = {"board": board, "reason": error.detail, "may_load": may_load}
    return render(request, "dashboards/nothing.html", context, status=error.status)


def card_page(request: HttpRequest, board: Board, slug: str) -> HttpResponse:
    """One card by itself: asked again after a failure."""
    card = board.card(slug)
    scope = scope_of(request, board)
    (answered,) = answer_cards(scope, [card])
    shown = pages.Shown(scope, answered)
    return render(request, "dashboards/card.html", {**pages.common(scope), "shown": shown})


def card_file(request: HttpRequest, board: Board, slug: str, kind: str) -> HttpResponseBase:
    """The card's table as CSV or XLSX."""
    return files.card_file(scope_of(request, board), board.card(slug), kind)


def workbook(request: HttpRequest, board: Board) -> HttpResponseBase:
    """The whole board, one sheet for each card."""
    return files.workbook(scope_of(request, board))


def rows_page(request: HttpRequest, board: Board) -> HttpResponse:
    """The rows of the loaded files behind the figures, page by page."""
    number = rows.page_number(request.GET.get("page", "1"))
    scope = scope_of(request, board)
    return render(request, "dashboards/rows.html", {**pages.common(scope), **rows.context(scope, number)})


def rows_file(request: HttpRequest, board: Board, kind: str) -> HttpResponseBase:
    """All rows behind the figures as CSV or XLSX."""
    return files.rows_file(scope_of(request, board), kind)


def save_view(request: HttpRequest, board: Board) -> HttpResponse:
    """Keep the address that the form carries under a name."""
    scope = scope_of(request, board, QueryDict(request.POST.get("parameters", "")))
    view = saved.save(scope, request.POST.get("name", ""), shared=request.POST.get("shared") == "on")
    return redirect(saved.address(board, view))


def open_view(request: HttpRequest, board: Board, code: str) -> HttpResponse:
    """The link of a saved view leads to the board as it was."""
    principal = _asker(request)
    return redirect(saved.address(board, saved.find(board, code, principal)))


def delete_view(request: HttpRequest, board: Board, code: str) -> HttpResponse:
    principal = _asker(request)
    saved.delete(board, code, principal)
    return redirect(f"{board.namespace}:board")


def _asker(request: HttpRequest) -> Principal:
    """The person who asks: set by the access middleware, which lets nobody else through."""
    return asker_of(request)
