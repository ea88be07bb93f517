"""Opening a record and changing one: the same form, which loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from farol.core.errors import BadInput, FarolError, NotFound, Refused
from farol.engines.workflow import drafts, links
from farol.engines.workflow.forms import CaseForm
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import Module, Spawn, module_of
from farol.engines.workflow.typed import shown_again
from farol.engines.workflow.views.common import version_of
from farol.platform.accounts.principal import asker_of
from farol.platform.apps import collect


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, module: Module) -> HttpResponseBase:
    """Open a record, perhaps out of another (`?de=warranties:17`)."""
    if module.form is None or module.create is None:
        raise NotFound("")
    screen = Screen(request, module, None)
    if request.method != "POST":
        return screen.first(screen.suggested())
    if turn := turn_of(request):
        return screen.again(turn)
    form = module.form(request.POST, request.FILES, principal=screen.principal)
    if not form.is_valid():
        return screen.draw(form, status=422)
    try:
        record = screen.create(form.values)
    except (BadInput, Refused) as refusal:
        return screen.refused(form, refusal)
    messages.success(request, _("%(number)s opened.") % {"number": record.number})
    return redirect(module.url(record))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, module: Module, number: str) -> HttpResponseBase:
    record = module.get(number, asker_of(request))
    if module.form is None or module.change is None:
        raise NotFound("")
    screen = Screen(request, module, record)
    screen.check_editable(record)
    if request.method != "POST":
        return screen.first(module.initial(record) if module.initial else {})
    if turn := turn_of(request):
        return screen.again(turn)
    form = module.form(request.POST, request.FILES, principal=screen.principal, record=record)
    if not form.is_valid():
        return screen.draw(form, status=422)
    try:
        screen.change(record, form.values, version_of(request))
    except (BadInput, Refused) as refusal:
        return screen.refused(form, refusal)
    messages.success(request, _("%(number)s saved.") % {"number": record.number})
    return redirect(module.url(record))


@require_POST
def draft(request: HttpRequest, module: Module) -> HttpResponseBase:
    """Keep what is being typed (sent by the page itself), or throw it away."""
    principal, place = asker_of(request), request.POST.get("place", "")
    if not place.startswith(f"{module.name}/"):
        raise BadInput("place", _("This page is incomplete. Open it again."))
    if "discard" in request.POST:
        drafts.drop(principal, place)
        back = request.POST.get("discard", "")
        return redirect(back if back.startswith(f"/{module.path}/") else f"/{module.path}")
    kept = drafts.keep(principal, place, request.POST)
    return JsonResponse({"kept": kept is not None})


def turn_of(request: HttpRequest) -> str:
    """`add`, or the place of the row to take away; empty where the form is to be saved."""
    if "add_row" in request.POST:
        return "add"
    return request.POST.get("remove_row", "")


class Screen:
    """One form on its page; `record` is None for a new one."""

    def __init__(self, request: HttpRequest, module: Module, record: Case | None) -> None:
        self.request, self.module, self.record = request, module, record
        self.principal = asker_of(request)
        self.kind: type[CaseForm] = module.form  # type: ignore[assignment]
        self.source = request.POST.get("de", "") or request.GET.get("de", "")
        self.spawn = self._spawn()

    @property
    def place(self) -> str:
        """What a draft is kept under."""
        of_record = self.record.number if self.record else "new"
        return f"{self.module.name}/{of_record}" + (f"/{self.source}" if self.spawn else "")

    def _spawn(self) -> tuple[Spawn, Case] | None:
        """How this record is opened out of the one that the address names, if the person may see that one."""
        origin = module_of(self.source) if self.record is None and self.source else None
        if origin is None:
            return None
        spawns = [s for s in collect("spawns", "SPAWNS") if (s.source, s.target) == (origin.name, self.module.name)]
        key = self.source.partition(":")[2]
        visible = origin.rows(self.principal) if self.principal.may(origin.view) else None
        found = visible.filter(pk=key).first() if visible is not None and key.isdecimal() and len(key) < 19 else None
        if not spawns or found is None:
            raise NotFound(_("The record that this one starts from does not exist, or is not one that you may see."))
        return spawns[0], found

    def suggested(self) -> dict[str, Any]:
        return self.spawn[0].initial(self.spawn[1]) if self.spawn else {}

    def check_editable(self, record: Case) -> None:
        rule = self.module.flow.edit
        if rule is None:
            raise NotFound("")
        self.principal.require(rule.permission)
        if record.status not in rule.states and self.request.method != "POST":
            sentence = _("It can't be edited any more while the state is “%(state)s”.")
            raise Refused(sentence % {"state": record.state.label}, code="not_editable")

    def first(self, initial: Mapping[str, Any]) -> HttpResponse:
        """The form as it opens: with the draft of last time, if there is one."""
        kept = drafts.of(self.principal, self.place)
        if kept is None:
            return self.draw(self.kind(principal=self.principal, record=self.record, initial=dict(initial)))
        data = drafts.typed(kept)
        form = shown_again(self.kind, data, self.principal, self.record)
        return self.draw(form, draft=kept, version=data.get("version", ""))

    def again(self, turn: str) -> HttpResponse:
        """With one row more or less."""
        data = self.request.POST
        form = shown_again(self.kind, data, self.principal, self.record, turn)
        return self.draw(form, version=data.get("version", ""))

    @transaction.atomic
    def create(self, values: dict[str, Any]) -> Case:
        module = self.module
        record = module.create(self.principal, values)  # type: ignore[misc]
        if self.spawn:
            spawn, source = self.spawn
            links.connect(source.reference, record.reference, module.name)
            if spawn.after:
                source.refresh_from_db()  # opening the new record may have moved it
                spawn.after(source, record, self.principal)
        drafts.drop(self.principal, self.place)
        return record

    @transaction.atomic
    def change(self, record: Case, values: dict[str, Any], version: int) -> None:
        self.module.change(record, self.principal, values, version)  # type: ignore[misc]
        drafts.drop(self.principal, self.place)

    def refused(self, form: CaseForm, refusal: FarolError) -> HttpResponse:
        """The sentence stands on its field or above the form, and everything typed stays."""
        if isinstance(refusal, BadInput) and refusal.field in form.fields:
            form.add_error(refusal.field, str(refusal.detail))
        else:
            form.add_error(None, str(refusal.detail))
        if refusal.code == "changed_meanwhile" and self.record is not None:
            self.record.refresh_from_db()
            return self.draw(form, status=refusal.status, version=str(self.record.version), overtaken=True)
        return self.draw(form, status=refusal.status)

    def draw(
        self, form: CaseForm, *, status: int = 200, draft: Any = None, version: str = "", overtaken: bool = False
    ) -> HttpResponse:
        module, record = self.module, self.record
        typed_version = version or self.request.POST.get("version", "")
        context = {
            "module": module,
            "record": record,
            "form": form,
            "place": self.place,
            "draft": draft,
            "overtaken": overtaken,
            "version": typed_version or (record.version if record else ""),
            "source": self.source if self.spawn else "",
            "origin": self.spawn[1] if self.spawn else None,
            "origin_url": module_of(self.source).url(self.spawn[1]) if self.spawn else "",  # type: ignore[union-attr]
            "cancel_url": module.url(record) if record else reverse(f"{module.name}:list"),
            "scripts": [form.media.absolute_path(path) for path in form.media._js],
            "draft_url": reverse(f"{module.name}:draft"),
        }
        return render(self.request, "workflow/form.html", context, status=status)
