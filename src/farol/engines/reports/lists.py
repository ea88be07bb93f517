"""The archive as a list."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.engines.reports import archive
from farol.engines.reports.definition import reports
from farol.engines.reports.models import Delivery, Issue
from farol.platform.accounts.principal import Principal
from farol.platform.outbox.models import NEEDS_A_PERSON, OutboxMessage, State
from farol.platform.web.lists import Column, Empty, Filter, List, Status, by_template

NOT_DELIVERED = Status(_("Not delivered"), "danger", "alert-triangle")
ON_ITS_WAY = Status(_("On its way"), "info", "clock")
SENT = Status(_("Sent"), "success", "check")


def rows(principal: Principal) -> QuerySet[Issue]:
    """The issues the person may open, each with how far its sendings got."""
    own = Delivery.objects.filter(issue=OuterRef("pk"))
    keys = Delivery.objects.filter(issue=OuterRef(OuterRef("pk"))).values("key")
    messages = OutboxMessage.objects.filter(key__in=keys)
    return (
        archive.visible(principal)
        .prefetch_related("files")
        .annotate(
            was_sent=Exists(own),
            has_failed=Exists(messages.filter(state__in=NEEDS_A_PERSON)),
            is_waiting=Exists(messages.filter(state__in=(State.QUEUED, State.SENDING))),
        )
    )


def sent(issue: Issue) -> Status | None:
    """The worst state of its sendings; None where it was sent to nobody."""
    if issue.has_failed:
        return NOT_DELIVERED
    if issue.is_waiting:
        return ON_ITS_WAY
    return SENT if issue.was_sent else None


ARCHIVE = List(
    name="reports",
    title=_("Reports"),
    subtitle=_("What was sent and made, by day. Each file stays as it was."),
    columns=(
        Column("day", _("Day reported"), kind="date", sort="day", link=True),
        Column("title", _("Report")),
        Column("files", _("Files"), value=lambda issue: "", draw=by_template("reports/files_cell.html"), export=False),
        Column("sent", _("Sent"), value=sent, kind="status"),
        Column("created_at", _("Made"), kind="datetime", sort="created_at"),
        Column("asked", _("Day asked for"), kind="date", sort="asked", shown=False),
        Column("data_version", _("Data version"), shown=False),
    ),
    search=("title", "subtitle"),
    filters=(
        Filter("report", _("Report"), lambda: [(name, report.label) for name, report in reports().items()]),
        Filter("language", _("Language"), [("pt-br", "Português"), ("en", "English")]),
    ),
    order="-asked",
    row_url=lambda issue: reverse("reports:issue", args=[issue.pk]),
    empty=Empty(
        _("No report yet"), _("The first one is made tomorrow at 06:00, or now with the form above."), icon="report"
    ),
)
