"""Every refusal of the API as `{"code", "detail", "errors": [{"field", "detail"}]}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from farol.core.errors import FarolError, NotFound
from farol.platform.web.errors import described

REFUSALS = (
    (400, "Not a request that makes sense"),
    (401, "No valid token"),
    (403, "No right to this"),
    (404, "Unknown, or not among the rows one may see"),
    (409, "The state of the record does not allow it"),
    (422, "A value is wrong"),
    (503, "Something that is needed does not answer"),
)
PLACES = {"body", "query", "path", "header", "cookie", "form", "file"}


class NotSignedIn(FarolError):
    """No token, or one that opens nothing (401)."""

    code = "unauthenticated"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("Send a valid token in the header Authorization: Bearer …"))


class WrongValues(FarolError):
    """Several values are wrong; `problems` are their fields, each with a sentence (422)."""

    code = "invalid"
    status = 422

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__(_("Some values are wrong."))
        self.problems = problems


def respond(error: FarolError) -> HttpResponse:
    """A refusal as JSON."""
    body = described(error)
    if isinstance(error, WrongValues):
        body["errors"] = [{"field": field, "detail": detail} for field, detail in error.problems]
    response = JsonResponse(body, status=error.status)
    if error.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def documented() -> dict[int, Any]:
    """The refusals that every operation may answer with, for the document of the interface."""
    wrong = {"type": "object", "properties": {"field": {"type": "string"}, "detail": {"type": "string"}}}
    shape = {
        "type": "object",
        "required": ["code", "detail"],
        "properties": {
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": wrong},
        },
    }
    return {
        status: {"description": text, "content": {"application/json": {"schema": shape}}} for status, text in REFUSALS
    }


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
