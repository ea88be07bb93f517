"""What the audit records about loads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event(
        "sources.load",
        _("Load %(run)s of %(target)s: %(status)s, %(rows_new)s rows new, %(rows_changed)s changed"),
        _("Data loaded"),
    ),
]
