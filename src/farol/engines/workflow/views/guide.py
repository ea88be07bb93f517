"""How a kind of record works: states, actions and who may do them, drawn from the table that runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farol.engines.workflow.flow import Flow, Transition
from farol.engines.workflow.module import Module
from farol.engines.workflow.picture import picture
from farol.platform.accounts.models import Role
from farol.platform.accounts.principal import asker_of
from farol.platform.accounts.rights import CATALOGUE, ROLES


@require_safe
def show(request: HttpRequest, module: Module) -> HttpResponseBase:
    principal = asker_of(request)
    steps = [t for t in module.flow.transitions if not t.system]
    context = {
        "module": module,
        "flow": module.flow,
        "picture": picture(module.flow),
        "steps": [{"step": t, "mine": principal.may(t.permission), **_told(module.flow, t)} for t in steps],
        "by_itself": [{"step": t, **_told(module.flow, t)} for t in module.flow.transitions if t.system],
    }
    return render(request, "workflow/guide.html", context)


def _told(flow: Flow, step: Transition) -> dict[str, Any]:
    return {
        "sources": [flow.by_name[name] for name in step.sources],
        "target": flow.by_name[step.target] if step.target else None,
        "right": CATALOGUE[step.permission].label,
        "roles": _roles(step.permission),
    }


def _roles(permission: str) -> list[Any]:
    """The roles that hold it, as they are set up here; a seeded one by its translated name."""
    held = {permission, f"{permission}:own"}
    return [ROLES.get(role.slug, role.name) for role in Role.objects.all() if held & set(role.rights)]
