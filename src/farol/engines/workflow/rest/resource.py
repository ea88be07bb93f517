"""The operations of one module."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from ninja import Router, Status

from farol.core.errors import NotFound
from farol.engines.workflow import comment, run
from farol.engines.workflow.forms import CaseForm, sentences
from farol.engines.workflow.models import Comment, HistoryEntry
from farol.engines.workflow.module import Module
from farol.engines.workflow.rest import document, files
from farol.engines.workflow.rest.body import blank, read, taken, values
from farol.engines.workflow.rest.item import detail, item, said, step
from farol.engines.workflow.rest.rows import Page, known, narrowed
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import Principal, asker_of
from farol.platform.api.errors import WrongValues

Answer = dict[str, Any]


def router_of(module: Module) -> Router:
    """`GET` and `POST /`, `GET` and `PATCH /{number}`, its history, comments, files and actions."""
    router = Router(tags=[module.name])
    _reading(router, module)
    if module.form and module.create:
        _creating(router, module)
    if module.form and module.change:
        _changing(router, module)
    _speaking(router, module)
    files.add_to(router, module)
    if any(not one.system for one in module.flow.transitions):
        _acting(router, module)
    return router


def _reading(router: Router, module: Module) -> None:
    @router.get("", summary="Newest first", operation_id=f"{module.name}_list", openapi_extra=document.filters(module))
    @requires(module.view)
    def index(request: HttpRequest) -> Answer:
        principal = asker_of(request)
        rows = narrowed(module, module.rows(principal), request.GET)
        return Page.asked(request.GET).answer(rows, lambda record: item(module, record, principal))

    @router.get("/{number}", summary="One record", operation_id=f"{module.name}_read")
    @requires(module.view)
    def one(request: HttpRequest, number: str) -> Answer:
        principal = asker_of(request)
        return detail(module, module.get(number, principal), principal)

    @router.get(
        "/{number}/history",
        summary="What happened to it, the latest first",
        operation_id=f"{module.name}_history",
        openapi_extra=document.paging(),
    )
    @requires(module.view)
    def history(request: HttpRequest, number: str) -> Answer:
        known(request.GET, ["after", "limit"])
        record = module.get(number, asker_of(request))
        rows = HistoryEntry.objects.filter(record=record.reference).select_related("person")
        return Page.asked(request.GET).answer(rows, step)


def _creating(router: Router, module: Module) -> None:
    @router.post(
        "",
        summary="Open a new one",
        operation_id=f"{module.name}_create",
        response={201: Answer},
        openapi_extra=document.creating(module),
    )
    @requires(module.work)
    def create(request: HttpRequest) -> Status:
        principal = asker_of(request)
        empty = _form(module)(principal=principal)
        given = blank(empty) | values(read(request), empty)
        made = module.create(principal, checked(_form(module)(given, principal=principal)))  # type: ignore[misc]
        return Status(201, _shown(module, made, principal))


def _changing(router: Router, module: Module) -> None:
    permission = module.flow.edit.permission if module.flow.edit else module.work

    @router.patch(
        "/{number}",
        summary="Change the given fields",
        operation_id=f"{module.name}_change",
        openapi_extra=document.changing(module),
    )
    @requires(permission)
    def change(request: HttpRequest, number: str) -> Answer:
        principal = asker_of(request)
        record = module.get(number, principal)
        body = read(request)
        version = taken(body, "version", int)
        before = module.initial(record) if module.initial else {}
        given = before | values(body, _form(module)(principal=principal, record=record))
        form = _form(module)(given, principal=principal, record=record)
        seen = record.version if version is None else version
        changed = module.change(record, principal, checked(form), seen)  # type: ignore[misc]
        return _shown(module, changed, principal)


def _speaking(router: Router, module: Module) -> None:
    @router.get(
        "/{number}/comments",
        summary="What people said, the latest first",
        operation_id=f"{module.name}_comments",
        openapi_extra=document.paging(),
    )
    @requires(module.view)
    def comments(request: HttpRequest, number: str) -> Answer:
        known(request.GET, ["after", "limit"])
        record = module.get(number, asker_of(request))
        rows = Comment.objects.filter(record=record.reference).select_related("person")
        return Page.asked(request.GET).answer(rows, said)

    @router.post(
        "/{number}/comments",
        summary="Say something",
        operation_id=f"{module.name}_comment",
        response={201: Answer},
        openapi_extra=document.body({"text": {"type": "string", "minLength": 1, "maxLength": 4000}}, ["text"]),
    )
    @requires(module.view)
    def say(request: HttpRequest, number: str) -> Status:
        principal = asker_of(request)
        record = module.get(number, principal)
        body = read(request)
        text = taken(body, "text", str)
        values(body, forms.Form())
        return Status(201, said(comment(record, principal, text or "")))


def _acting(router: Router, module: Module) -> None:
    permissions = {one.permission for one in module.flow.transitions if not one.system}

    @router.post(
        "/{number}/actions/{action}",
        summary="Lead it on",
        description="Actions: " + ", ".join(one.name for one in module.flow.transitions if not one.system),
        operation_id=f"{module.name}_act",
        openapi_extra=document.acting(module),
    )
    @requires(*sorted(permissions))
    def act(request: HttpRequest, number: str, action: str) -> Answer:
        principal = asker_of(request)
        transition = module.flow.actions.get(action)
        if transition is None:
            raise NotFound("")
        principal.require(transition.permission)
        record = module.get(number, principal)
        body = read(request)
        reason, version = taken(body, "reason", str), taken(body, "version", int)
        form = module.asks.get(action, forms.Form)
        data = checked(form(blank(form()) | values(body, form())))
        done = run(record, action, principal, reason=reason or "", version=version, data=data)
        return _shown(module, done, principal)


def checked(form: Any) -> dict[str, Any]:
    """The cleaned values. `WrongValues` names everything that is wrong."""
    if form.is_valid():
        return form.values if isinstance(form, CaseForm) else form.cleaned_data
    raise WrongValues(form.problems() if isinstance(form, CaseForm) else sentences(form))


def _shown(module: Module, record: Any, principal: Principal) -> Answer:
    """As it stands now; a person who may not see it any more is told its number and state."""
    return detail(module, module.rows(principal).filter(pk=record.pk).first() or record, principal)


def _form(module: Module) -> type[CaseForm]:
    if module.form is None:
        raise NotFound("")
    return module.form
