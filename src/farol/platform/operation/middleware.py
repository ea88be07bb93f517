"""One access line and one observation per request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from farol.platform.operation import metrics

log = logging.getLogger("farol.access")
UNKNOWN = "(none)"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class ObserveMiddleware:
    """Stands right behind the request id. The route stands for the address, so that no value of it is written down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if request.path.startswith(settings.STATIC_URL):
            return response  # a page brings dozens of them, and they tell nothing
        seconds = time.perf_counter() - began
        route = request.resolver_match.route if request.resolver_match else UNKNOWN
        method = request.method if request.method in METHODS else "OTHER"
        metrics.observe(route, method or "OTHER", response.status_code, seconds)
        _note(request, route, method or "OTHER", response.status_code, seconds)
        return response


def _note(request: HttpRequest, route: str, method: str, status: int, seconds: float) -> None:
    principal = getattr(request, "principal", None)
    user = principal.user_id if principal else None
    ms = round(seconds * 1000, 1)
    fields = {"user": user, "route": route, "method": method, "status": status, "ms": ms}
    log.info("%s /%s %s %s ms user %s", method, route, status, ms, user or "-", extra=fields)
