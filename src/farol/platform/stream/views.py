"""The page asks here for a ticket, with its ordinary session."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from farol.platform.accounts.access import signed_in
from farol.platform.accounts.principal import person_of
from farol.platform.stream.ticket import issue
from farol.platform.stream.topic import topics

MOST = 10


@signed_in
@require_safe
def ticket(request: HttpRequest) -> JsonResponse:
    """Where to listen and with which ticket. Rights are checked where the topics are read, every few seconds."""
    asked = request.GET.get("topics", "").split(",")[:MOST]
    known = tuple(name for name in asked if name in topics())
    body = {
        "path": "/stream",
        "port": None if _by_proxy() else settings.FAROL_STREAM_PORT,
        "ticket": issue(person_of(request).pk, request.session.session_key, known),
    }
    return JsonResponse(body)


def _by_proxy() -> bool:
    """Behind a proxy that ends TLS, the same address leads to the notices."""
    return urlsplit(settings.FAROL_PUBLIC_URL).scheme == "https"
