"""What the audit records about lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event(
        "list.exported",
        _("Exported %(rows)s rows of the list %(target)s; personal data in clear: %(clear)s"),
        _("List exported"),
    )
]
