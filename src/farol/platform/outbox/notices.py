"""What people are told about the outbox."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.notifications import Notice

SHUT = "outbox.shut"
NOTICES = [
    Notice(SHUT, "data", _("Nothing leaves by “%(channel)s”: %(reason)s"), _("A way out of Farol is shut")),
]
