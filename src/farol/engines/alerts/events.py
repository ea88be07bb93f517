"""What the audit says about alerts."""

from django.utils.translation import gettext_lazy as _

from farol.engines.alerts.flow import FLOW
from farol.platform.audit import Event

_SENTENCE = _("Alert %(target)s: %(action)s, from %(from)s to %(to)s")
EVENTS = [
    Event("alert.create", _("Alert %(target)s opened"), _("Alert opened")),
    *(Event(f"alert.{t.name}", _SENTENCE, t.label) for t in FLOW.transitions),
]
