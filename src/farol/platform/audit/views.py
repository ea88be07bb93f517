"""The page of the audit."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from farol.platform import audit, exports
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of
from farol.platform.audit import chain, search
from farol.platform.audit.commands import told
from farol.platform.audit.events import events

PAGE = 50


@requires("audit.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` is the last entry of the page before."""
    found = search.find(search.Filters.read(request.GET))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(id__lt=int(before))
    rows = search.shown(found[: PAGE + 1])
    context = {
        "rows": rows[:PAGE],
        "older": rows[PAGE - 1].entry.pk if len(rows) > PAGE else None,
        "codes": sorted(((e.code, str(e.short or e.code)) for e in events().values()), key=lambda pair: pair[1]),
        "asked": request.GET,
    }
    return render(request, "audit/index.html", context)


@requires("audit.read")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    chain.seal()
    verdict = chain.verify()
    return render(request, "audit/verdict.html", {"verdict": verdict, "text": told(verdict)})


@requires("audit.read")
@require_POST
def export(request: HttpRequest) -> FileResponse:
    """All filtered entries as XLSX; taking them away is itself recorded."""
    asker_of(request).require("export")
    found = search.find(search.Filters.read(request.POST))
    audit.record(asker_of(request), "audit.exported")
    columns = [
        exports.Column("at", _("Instant"), "datetime"),
        exports.Column("who", _("Who")),
        exports.Column("code", _("Code")),
        exports.Column("text", _("What")),
        exports.Column("target", _("Target")),
        exports.Column("request", _("Request")),
        exports.Column("position", _("Position"), "integer"),
    ]
    rows = (
        (localtime(s.entry.at), s.who, s.entry.code, s.text, s.entry.target, s.entry.request_id, s.entry.position)
        for s in search.stream(found)
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    exports.xlsx(file, columns, rows, _("Audit"))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="auditoria.xlsx")
