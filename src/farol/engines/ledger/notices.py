"""What people are told about the books."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.notifications import Notice

NOTICES = [
    Notice(
        "ledger.reopen_requested",
        "verification",
        _("Somebody asks to reopen the month %(month)s: a second person has to agree."),
        _("Reopening of a month to decide"),
    )
]
