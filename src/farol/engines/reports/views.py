"""The archive of reports, and asking for one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from farol.core.errors import NotFound
from farol.engines.reports import archive, progress, sending
from farol.engines.reports.forms import MakeForm, ResendForm
from farol.engines.reports.lists import ARCHIVE, rows
from farol.engines.reports.rendering import FORMATS
from farol.engines.reports.tasks import make_report
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of, person_of


@require_GET
@requires("reports.view")
def issues(request: HttpRequest) -> HttpResponseBase:
    """What was made, newest day first."""
    return _list(request, MakeForm(asker_of(request)))


@require_POST
@requires("reports.send")
def make(request: HttpRequest) -> HttpResponseBase:
    """Ask for a report: the worker makes it and, where asked, sends it."""
    form = MakeForm(asker_of(request), request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    send = "send" in request.POST
    asked = form.cleaned_data["asked"].isoformat()
    make_report.enqueue(form.cleaned_data["report"], asked, person_of(request).pk, send)
    messages.success(request, _("The report is being made. It appears here in a few seconds."))
    return redirect("reports:list")


@require_GET
@requires("reports.view")
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: what it says, its files, to whom it went."""
    found = archive.get_issue(pk, asker_of(request))
    may_send = asker_of(request).may("reports.send")
    context = {
        "issue": found,
        "label": archive.label_of(found),
        "sendings": progress.of_issue(found),
        "resend": ResendForm(initial={"turn": found.deliveries.count()}),
        "may_send": may_send,
    }
    return render(request, "reports/issue.html", context)


@require_GET
@requires("reports.view")
def file(request: HttpRequest, pk: int, format_name: str) -> HttpResponse:
    """A file of a report, as it was sent; `?download` saves a PDF that would else open."""
    found = archive.get_issue(pk, asker_of(request))
    kept = found.files.filter(format=format_name).first()
    if not kept:
        raise NotFound(_("This report has no such file."))
    inline = format_name == "pdf" and "download" not in request.GET
    answer = HttpResponse(archive.content(kept), content_type=FORMATS[format_name])
    answer["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{kept.name}"'
    return answer


@require_POST
@requires("reports.send")
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a kept report again to one of the configured recipients."""
    found = archive.get_issue(pk, asker_of(request))
    form = ResendForm(request.POST)
    if form.is_valid():
        channel, _colon, recipient = form.cleaned_data["to"].partition(":")
        sending.resend(found, channel, recipient, form.cleaned_data["turn"], asker_of(request))
        messages.success(request, _("The report is on its way."))
    else:
        messages.error(request, _("Choose one of the configured recipients."))
    return redirect("reports:issue", pk=pk)


def _list(request: HttpRequest, form: MakeForm, status: int = 200) -> HttpResponseBase:
    context = {
        "form": form,
        "may_send": asker_of(request).may("reports.send"),
        "targets": len(sending.targets()),
    }
    answer = ARCHIVE.respond(request, rows(asker_of(request)), template="reports/list.html", context=context)
    answer.status_code = status
    return answer
