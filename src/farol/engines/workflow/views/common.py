"""What the pages of records share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.engines.workflow.module import Module, workers
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal

View = Callable[..., HttpResponseBase]


def bound(view: View, module: Module, *permissions: str) -> View:
    """`view` as a page of `module`, for holders of one of `permissions`."""

    @wraps(view)
    def page(request: HttpRequest, **where: Any) -> HttpResponseBase:
        return view(request, module, **where)

    return requires(*dict.fromkeys(permissions))(page)


def version_of(request: HttpRequest) -> int:
    """The version that the person saw."""
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise BadInput("version", _("This page is incomplete. Open it again."))
    return int(text)


def may_work(module: Module, principal: Principal) -> bool:
    return any(principal.may(permission) for permission in workers(module))
