"""`/healthz`, `/readyz`, `/metrics`: for machines, in English."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from farol.core.errors import NotAllowed
from farol.platform.accounts.access import public
from farol.platform.operation import metrics
from farol.platform.operation.checks import Finding, Level
from farol.platform.operation.health import checks, examine, worst

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives and answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while nothing that Farol needs is red, else 503; the causes in words, without addresses or names."""
    with override("en"):
        found = _asked()
        body = {
            name: {"level": worst(findings), "findings": [str(f.text) for f in findings]}
            for name, findings in found.items()
        }
    red = any(worst(findings) == Level.RED for findings in found.values())
    return JsonResponse({"ready": not red, "checks": body}, status=503 if red else 200)


@public
@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    """For the machine itself, or for whoever brings FAROL_METRICS_TOKEN as a bearer token."""
    if not (_local(request) or _with_token(request)):
        raise NotAllowed("")
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _asked() -> dict[str, list[Finding]]:
    """Without a database the other checks would each wait for it in vain, and the answer would come too late."""
    found: dict[str, list[Finding]] = {}
    for check in checks(ready=True):
        found[check.name] = examine(check)
        if check.name == "database" and worst(found[check.name]) == Level.RED:
            break
    return found


def _local(request: HttpRequest) -> bool:
    """The connection comes from this machine, and no proxy passed it on for somebody else."""
    forwarded = any(request.headers.get(name) for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def _with_token(request: HttpRequest) -> bool:
    token = settings.FAROL_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
