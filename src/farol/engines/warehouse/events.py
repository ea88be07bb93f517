"""What the audit records about published versions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event(
        "warehouse.rollback",
        _("Went back from version %(from)s to version %(to)s of %(target)s"),
        _("Version rolled back"),
    ),
]
