"""What every request gets: an id, the person's language, errors in words, headers that browsers enforce."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from farol.core.errors import FarolError

Handler = Callable[[HttpRequest], HttpResponse]
request_id: ContextVar[str] = ContextVar("request_id", default="")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class RequestIdMiddleware:
    """Gives every request an id that the log, the audit and the answer carry."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(uuid.uuid4().hex[:16])
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request_id.get()
            for name, value in HEADERS.items():
                response.setdefault(name, value)
            return response
        finally:
            request_id.reset(token)


class PersonMiddleware:
    """The person's saved language beats the browser's; refusals of the product become sentences."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        principal = request.principal
        if principal and principal.user and principal.user.language:
            translation.activate(principal.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Any exception that is no `FarolError` stays an error of ours (500)."""
        from farol.platform.web.errors import answer  # it needs the request id above

        return answer(request, exception) if isinstance(exception, FarolError) else None
