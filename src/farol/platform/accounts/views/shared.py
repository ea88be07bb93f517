"""What these pages share."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from farol.core.errors import BadInput, Refused


def show(request: HttpRequest, template: str, context: dict[str, Any], form: Form | None = None) -> HttpResponse:
    """The page; 422 if `form` has errors, so that scripts see it too."""
    status = 422 if form is not None and form.errors else 200
    return render(
        request, f"accounts/{template}.html", context if form is None else {"form": form, **context}, status=status
    )


def back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """To the local address in `next`, and nowhere outside."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target if safe and target.startswith("/") else default)


def complain(form: Form, error: BadInput | Refused) -> None:
    """Show a refusal of the rules beside the field it names."""
    field = getattr(error, "field", None)
    form.add_error(field if field in form.fields else None, str(error.detail))
