"""Administration, Outbox."""

from __future__ import annotations

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.platform.outbox import services, shown
from farol.platform.outbox.channels import channels
from farol.platform.outbox.models import LABELS, OutboxMessage, State
from farol.platform.web.lists import Bulk, Column, Empty, Filter, List, Status, chosen

TONES = {
    State.QUEUED: ("info", "hourglass"),
    State.SENDING: ("info", "loader"),
    State.UNKNOWN: ("warning", "question-mark"),
    State.HELD: ("warning", "lock"),
    State.FAILED: ("danger", "alert-circle"),
    State.DONE: ("success", "circle-check"),
    State.DISCARDED: ("neutral", "ban"),
}


def _status(message: OutboxMessage) -> Status:
    return Status(message.state_label, *TONES[State(message.state)])


MESSAGES = List(
    name="outbox",
    title=gettext_lazy("Outbox"),
    subtitle=gettext_lazy("Everything that leaves Farol for another system: e-mail, Slack, orders and payables."),
    columns=(
        Column("created_at", gettext_lazy("Since"), sort="created_at", kind="datetime"),
        Column("channel", gettext_lazy("Channel"), value="channel_label", sort="channel"),
        Column("key", gettext_lazy("What"), link=True),
        Column("state", gettext_lazy("State"), value=_status, kind="status", sort="state"),
        Column("attempts", gettext_lazy("Attempts"), kind="integer", sort="attempts"),
        Column("error", gettext_lazy("Reason")),
        Column("next_at", gettext_lazy("Next attempt"), kind="datetime", shown=False),
        Column("finished_at", gettext_lazy("End"), kind="datetime", shown=False),
    ),
    search=("key", "error"),
    filters=(
        Filter("state", gettext_lazy("State"), [(state.value, label) for state, label in LABELS.items()]),
        Filter("channel", gettext_lazy("Channel"), lambda: [(c.name, c.label or c.name) for c in channels().values()]),
    ),
    order="-created_at",
    row_url=lambda message: reverse("outbox:message", args=[message.pk]),
    empty=Empty(gettext_lazy("Nothing has left yet"), gettext_lazy("Reports and notices appear here.")),
    bulk=(Bulk(gettext_lazy("Try again"), "outbox:again_all", "administration"),),
)


@requires("administration")
@require_safe
def message_list(request: HttpRequest) -> HttpResponseBase:
    rows = OutboxMessage.objects.defer("payload")
    return MESSAGES.respond(request, rows, template="outbox/messages.html", context={"resting": shown.resting()})


@requires("administration")
@require_safe
def message_page(request: HttpRequest, pk: int) -> HttpResponse:
    message = _message(pk)
    discardable = message.state in services.DISCARDABLE
    channel = channels().get(message.channel)
    context = {
        "message": message,
        "status": _status(message),
        "discardable": discardable,
        "place": shown.place_of(message.record),
        "answer": shown.answer(message),
        "warnings": shown.warnings(message),
        "next_step": shown.next_step(message),
        "resting": next((r for r in shown.resting() if r.name == message.channel), None) if message.waits else None,
        "searches": bool(channel and channel.find),
    }
    return render(request, "outbox/message.html", context)


@requires("administration")
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    services.try_again(_message(pk), asker_of(request))
    notes.success(request, _("The worker tries again within a few seconds."))
    return redirect("outbox:message", pk)


@requires("administration")
@require_POST
def again_all(request: HttpRequest) -> HttpResponse:
    found = chosen(request, MESSAGES, OutboxMessage.objects.defer("payload"))
    waiting = list(found.filter(state__in=services.WAITING))
    for message in waiting:
        services.try_again(message, asker_of(request))
    text = ngettext("%(n)s message is tried again.", "%(n)s messages are tried again.", len(waiting))
    notes.success(request, text % {"n": len(waiting)})
    return redirect("outbox:messages")


@requires("administration")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    services.discard(_message(pk), request.POST.get("reason", ""), asker_of(request))
    notes.success(request, _("Discarded."))
    return redirect("outbox:message", pk)


def _message(pk: int) -> OutboxMessage:
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(OutboxMessage.objects.defer("payload"), pk=pk)
