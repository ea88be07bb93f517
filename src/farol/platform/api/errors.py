"""Every refusal of the API as `{"code", "detail", "errors": [{"field", "detail"}]}`."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from farol.core.errors import FarolError, NotFound
from farol.platform.web.errors import described

PLACES = {"body", "query", "path", "header", "cookie", "form", "file"}


class NotSignedIn(FarolError):
    """No token, or one that opens nothing (401)."""

    code = "unauthenticated"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("Send a valid token in the header Authorization: Bearer …"))


def respond(error: FarolError) -> HttpResponse:
    """A refusal as JSON."""
    response = JsonResponse(described(error), status=error.status)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def install(api: NinjaAPI) -> None:
    """Translate what views and the framework raise; anything else stays an error of ours (500)."""
    api.add_exception_handler(FarolError, _own)
    api.add_exception_handler(Http404, lambda request, error: respond(NotFound("")))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)


def _own(request: HttpRequest, error: Any) -> HttpResponse:
    return respond(error)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    found = [{"field": _field(one["loc"]), "detail": one["msg"]} for one in error.errors]
    body = {"code": "invalid", "detail": _("Some values are wrong."), "errors": found}
    return JsonResponse(body, status=422)


def _field(location: tuple[Any, ...]) -> str:
    """`("body", "data", "where", 0)` is `where.0`: the place and the parameter's own name say nothing to the caller."""
    parts = [str(part) for part in location]
    if parts[0] in PLACES:
        parts = parts[2:] if parts[0] in ("body", "form") and len(parts) > 2 else parts[1:]
    return ".".join(parts)


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return JsonResponse({"code": "invalid", "detail": str(error)}, status=error.status_code)
