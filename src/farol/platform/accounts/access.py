"""Every view says who may open it; a view that says nothing is refused (see `middleware.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from farol.platform.accounts.rights import CATALOGUE

View = TypeVar("View", bound=Callable)
PUBLIC, SIGNED_IN = "public", "signed-in"
GUARDED = "guarded"  # the API's operations carry marks of their own (see `farol.platform.api.mount`)


def requires(*permissions: str) -> Callable[[View], View]:
    """The view is for people who hold at least one of `permissions`."""
    for permission in permissions:
        CATALOGUE[permission]

    def mark(view: View) -> View:
        view.access = permissions  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: View) -> View:
    """The view is for every active person (own profile, own tokens, home)."""
    view.access = SIGNED_IN  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """The view is for everybody (log-in, health)."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view
