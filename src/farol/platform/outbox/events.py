"""What the audit says about messages."""

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("outbox.again", _("Sent a message by %(channel)s again (%(target)s)"), _("Message sent again")),
    Event(
        "outbox.discarded",
        _("Discarded a message by %(channel)s (%(target)s): %(reason)s"),
        _("Message discarded"),
    ),
]
