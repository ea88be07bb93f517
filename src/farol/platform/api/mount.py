"""The REST interface: the routers of all rooms under `/api/v1/`, each operation marked with who may call it.

A room offers `ROUTERS = [("/things", router)]` in its `api.py`; an operation carries the same marks as a page
(`@requires`, `@signed_in`) below its route. One without a mark stops the start. Only tokens open the API; the cookie
of a browser does not, so no other site can make a browser call it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router
from ninja.operation import Operation
from ninja.security import HttpBearer

from farol import __version__
from farol.core.errors import BadInput, NotAllowed
from farol.platform.accounts.access import GUARDED, SIGNED_IN, signed_in
from farol.platform.api import errors, idempotency
from farol.platform.apps import collect

Run = Callable[..., HttpResponse]


class Token(HttpBearer):
    """Documents the scheme; the middleware has looked the token up before."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return request.principal


def guard(run: Run) -> Run:
    """Ask for the token and for the rights in the operation's mark before anything of the request is read.

    What changes something has one effect per `Idempotency-Key`; `idempotency.reads` marks what does not,
    `idempotency.takes_form` what is sent files.
    """
    view = run.__self__.view_func  # type: ignore[attr-defined]
    access, reads, form = view.access, getattr(view, "reads", False), getattr(view, "takes_form", False)

    @functools.wraps(run)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        principal = request.principal
        if not request.by_token:
            return errors.respond(errors.NotSignedIn())
        if access != SIGNED_IN and not any(principal.may(name) for name in access):
            return errors.respond(NotAllowed(""))
        if reads or request.method in idempotency.SAFE:
            return run(request, **values)
        try:
            return idempotency.once(request, functools.partial(run, request, **values), form=form)
        except BadInput as error:
            return errors.respond(error)

    return guarded


def build() -> NinjaAPI:
    """The API with every room's routers."""
    api = NinjaAPI(
        title="Farol",
        version=__version__,
        docs_url=None,
        auth=Token(),
        urls_namespace="api",
    )
    errors.install(api)
    api.add_decorator(guard, mode="view")
    for prefix, router in collect("api", "ROUTERS"):
        _check(prefix, router)
        api.add_router(prefix, router)
    return api


def _check(prefix: str, router: Router) -> None:
    for path, view in router.path_operations.items():
        for operation in view.operations:
            if not getattr(operation.view_func, "access", None):
                raise ImproperlyConfigured(
                    f"{prefix}{path}: {operation.view_func.__name__} does not say who may call it"
                )
            _document(operation)


def _document(operation: Operation) -> None:
    """What all operations share: the refusals, and the key of those that change something."""
    extra = operation.openapi_extra or {}
    parameters = [one for one in extra.get("parameters", []) if one["name"] != idempotency.HEADER]
    if not getattr(operation.view_func, "reads", False) and not set(operation.methods) & set(idempotency.SAFE):
        parameters.append(idempotency.parameter())
    responses = {**extra.get("responses", {}), **errors.documented()}
    operation.openapi_extra = {**extra, "parameters": parameters, "responses": responses}


def urls() -> tuple[list[Any], str, str]:
    """The addresses, each marked as guarded by itself (the middleware refuses unmarked ones)."""
    patterns, app_name, namespace = build().urls
    for pattern in patterns:
        if pattern.name in ("api-root", "openapi-json"):
            pattern.callback = signed_in(require_safe(pattern.callback))
        else:
            pattern.callback.access = GUARDED
    return patterns, app_name, namespace
