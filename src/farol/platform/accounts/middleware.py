"""Refuses every view that does not say who may open it, and everyone who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from farol.core.errors import NotAllowed
from farol.platform.accounts.access import PUBLIC, SIGNED_IN
from farol.platform.accounts.principal import principal_of
from farol.platform.web.errors import answer


class AccessMiddleware:
    """Sets `request.principal` (None while nobody is signed in) and applies the mark left by `access.py`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.principal = principal_of(request.user) if request.user.is_authenticated else None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        access = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
        if access == PUBLIC:
            return None
        principal = request.principal  # type: ignore[attr-defined]
        if principal is None:
            return redirect_to_login(request.get_full_path())
        if access == SIGNED_IN or (access and any(principal.may(name) for name in access)):
            return None
        return answer(request, NotAllowed(""))
