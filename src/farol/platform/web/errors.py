"""Every error as an answer in words: a page, a part of a page (htmx) or JSON (REST)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from farol.core.errors import BadInput, FarolError, NotAllowed, NotFound
from farol.platform.web.middleware import request_id


def answer(request: HttpRequest, error: FarolError) -> HttpResponse:
    """The error with its status, in the form that the asker understands."""
    if request.path.startswith("/api/"):
        return JsonResponse(described(error), status=error.status)
    if getattr(request, "htmx", False):
        return _notice(request, str(error.detail) or _sentence(error.status), error.status)
    return _page(request, error.status, str(error.detail))


def described(error: FarolError) -> dict[str, Any]:
    """`{"code", "detail"}`, and `errors` with the field of a wrong value."""
    found: dict[str, Any] = {"code": error.code, "detail": str(error.detail) or _sentence(error.status)}
    if isinstance(error, BadInput):
        found["errors"] = [{"field": error.field, "detail": str(error.detail)}]
    return found


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, FarolError(""))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NotAllowed(""))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NotFound(""))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _(
        "This page was open for too long, or cookies are blocked. Nothing was saved. Reload the page and try again."
    )
    return answer(request, NotAllowed(detail, code="csrf"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks neither the database nor a context processor: whatever failed may be one of them."""
    detail, number = _sentence(500), request_id.get()
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "server_error", "detail": detail, "request_id": number}, status=500)
    if request.headers.get("HX-Request") == "true":
        return _notice(request, detail, 500)
    context = {"title": _title(500), "text": detail, "request_id": number, "language": get_language()}
    return HttpResponse(render_to_string("web/errors/bare.html", context), status=500)


def _notice(request: HttpRequest, text: str, status: int) -> HttpResponse:
    """A toast: htmx puts it beside whatever asked, and leaves the page as it was."""
    detail = f"{_('Number of this request')}: {request_id.get()}" if status >= 500 else ""
    body = render_to_string("web/components/toast.html", {"text": text, "detail": detail, "tone": "error"})
    return HttpResponse(body, status=status, headers={"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})


def _page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    signed_in = getattr(request, "principal", None)
    context = {
        "layout": "web/base.html" if signed_in else "web/base_plain.html",
        "error_title": _title(status),
        "error_text": detail or _sentence(status),
        "request_id": request_id.get(),
    }
    return render(request, "web/errors/page.html", context, status=status)


def _title(status: int) -> str:
    return {
        403: _("You may not open this"),
        404: _("This page does not exist"),
        409: _("Not possible now"),
        500: _("Something went wrong"),
        503: _("Not available right now"),
    }.get(status, _("This request makes no sense to Farol"))


def _sentence(status: int) -> str:
    return {
        403: _("Your roles do not include it. Whoever administers Farol can change that."),
        404: _("The address is wrong, or the record is not one that you may see."),
        500: _(
            "The error was noted. What was saved before is kept; try again, and if it comes back, tell whoever"
            " administers Farol the number below."
        ),
        503: _("Something that Farol needs does not answer. Try again in a few minutes."),
    }.get(status, _("Go back, check what you typed, and try again."))
