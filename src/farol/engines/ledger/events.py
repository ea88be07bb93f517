"""What the audit says about the books."""

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("ledger.month_closed", _("Month %(target)s closed"), _("Month closed")),
    Event("ledger.reopen_requested", _("Reopening of month %(target)s requested"), _("Reopening requested")),
    Event("ledger.reopened", _("Month %(target)s reopened by a second person"), _("Month reopened")),
    Event("ledger.reopen_declined", _("Month %(target)s stays closed"), _("Reopening declined")),
]
