"""What the audit records of reports."""

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("report.sent", _("Sent the report %(report)s of %(day)s by %(channel)s"), _("Report sent")),
]
