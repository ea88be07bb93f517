"""Administration of roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farol.core.errors import BadInput
from farol.platform.accounts import roles as rules
from farol.platform.accounts.access import requires
from farol.platform.accounts.forms import RoleForm
from farol.platform.accounts.models import Role
from farol.platform.accounts.principal import asker_of
from farol.platform.accounts.rights import CATALOGUE, OWN
from farol.platform.accounts.views.shared import complain, show


@requires("administration")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The matrix: one line per right, one column per role."""
    roles = list(Role.objects.order_by("-seeded", "id"))
    heads = [{"role": role, "label": rules.label(role)} for role in roles]
    lines = [
        {"label": permission.label, "cells": [_cell(role, permission.name) for role in roles]}
        for permission in CATALOGUE.values()
    ]
    return show(request, "roles", {"heads": heads, "lines": lines})


def _cell(role: Role, right: str) -> str:
    if right in role.rights:
        return "yes"
    return "own" if right + OWN in role.rights else ""


@requires("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            role = rules.create(asker_of(request), form.cleaned_data["name"], form.cleaned_data["rights"])
        except BadInput as error:
            complain(form, error)
        else:
            messages.success(request, _("The role %(name)s exists now.") % {"name": role.name})
            return redirect("accounts:roles")
    return show(request, "role", {"role": None}, form)


@requires("administration")
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Role, slug=slug, seeded=False)
    form = RoleForm(request.POST or None, initial={"name": found.name, "rights": found.rights})
    if request.method == "POST" and form.is_valid():
        rules.change(asker_of(request), found, form.cleaned_data["name"], form.cleaned_data["rights"])
        messages.success(request, _("Saved."))
        return redirect("accounts:roles")
    return show(request, "role", {"role": found}, form)


@requires("administration")
@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    rules.delete(asker_of(request), get_object_or_404(Role, slug=slug))
    messages.success(request, _("The role is deleted."))
    return redirect("accounts:roles")
