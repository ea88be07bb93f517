"""What the audit records about imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [Event("records.imported", _("Imported %(rows)s rows into %(target)s"), _("Records imported"))]
