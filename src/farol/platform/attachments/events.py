"""What the audit records about files of records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("attachment.added", _("Attached a file (%(attachment)s) to %(target)s"), _("File attached")),
    Event("attachment.opened", _("Took a file (%(attachment)s) of %(target)s"), _("File opened")),
    Event("attachment.removed", _("Took a file (%(attachment)s) away from %(target)s"), _("File taken away")),
]
