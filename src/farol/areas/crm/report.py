"""Reports of the area."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.reporting import status, weekly
from farol.engines.reports.definition import Report

REPORTS = [
    Report("crm.weekly", _("Commercial: weekly report"), "dashboard.commercial", weekly.build),
    Report("crm.status", _("Commercial: run of the day"), "sources.view", status.build),
]
