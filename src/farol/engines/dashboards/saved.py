"""Saved views: a board's address under a name, for oneself or for the team."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from farol.core.errors import BadInput, NotFound
from farol.engines.dashboards.board import Board
from farol.engines.dashboards.models import SavedView
from farol.engines.dashboards.scope import Scope
from farol.platform.accounts.principal import Principal

LONGEST_NAME = 80


def find(board: Board, code: str, principal: Principal) -> SavedView:
    """`NotFound` for an unknown view and for somebody else's private one alike."""
    view = SavedView.objects.filter(board=board.slug, code=code).visible_to(principal).first()
    if view is None:
        raise NotFound("")
    return view


def save(scope: Scope, name: str, *, shared: bool) -> SavedView:
    """Keep the scope's address as one's own view; one's view of that name is replaced. `BadInput` without a name."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadInput("name", _("Give the view a name of at most %(most)s characters.") % {"most": LONGEST_NAME})
    view, _created = SavedView.objects.update_or_create(
        board=scope.board.slug,
        owner_id=scope.principal.user_id,
        name=name,
        defaults={"parameters": scope.address(), "shared": shared},
    )
    return view


def delete(board: Board, code: str, principal: Principal) -> None:
    """Only one's own; a colleague's shared view is theirs to delete."""
    view = find(board, code, principal)
    if view.owner_id != principal.user_id:
        raise NotFound("")
    view.delete()


def address(board: Board, view: SavedView) -> str:
    return f"{reverse(f'{board.namespace}:board')}?{view.parameters}&view={view.code}"
