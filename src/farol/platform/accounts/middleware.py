"""Says who is asking, refuses every view that does not say who may open it, and everyone who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from farol.core.errors import NotAllowed, NotFound
from farol.platform.accounts import sessions
from farol.platform.accounts.access import GUARDED, PUBLIC, SIGNED_IN
from farol.platform.accounts.principal import Principal
from farol.platform.accounts.tokens import principal_of_token
from farol.platform.api.errors import NotSignedIn, respond
from farol.platform.web.errors import answer

API = "/api/"
BEARER = "Bearer "


class AccessMiddleware:
    """Sets `request.principal` (None while nobody is signed in) and applies the mark left by `access.py`.

    Under `/api/` a token counts where one is sent (`request.by_token`), elsewhere only the session does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        request.by_token = request.path.startswith(API) and header.startswith(BEARER)
        request.principal = self._principal(request, header)
        response = self.get_response(request)
        if request.principal is not None:
            response.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ("Authorization",) if request.path.startswith(API) else ("Cookie",))
        return response

    @staticmethod
    def _principal(request: HttpRequest, header: str) -> Principal | None:
        if request.by_token:
            found = principal_of_token(header.removeprefix(BEARER).strip())
            request.by_token = found is not None
            return found
        return sessions.current(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if "%00" in request.META.get("QUERY_STRING", "") or any("\x00" in str(value) for value in kwargs.values()):
            return answer(request, NotFound(""))  # no record holds NUL, and PostgreSQL takes it for an error
        access = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
        if access in (PUBLIC, GUARDED):
            return None
        principal = request.principal
        if principal is None:
            return self._ask_to_sign_in(request)
        if access == SIGNED_IN or (access and any(principal.may(name) for name in access)):
            return None
        return answer(request, NotAllowed(""))

    @staticmethod
    def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
        """A page leads to the log-in and back; a part of a page makes htmx lead there; the API says it in JSON."""
        if request.path.startswith(API):
            return respond(NotSignedIn())
        address = reverse("accounts:login")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        if request.method in ("GET", "HEAD") and request.path != "/":
            address += "?" + urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(address)
