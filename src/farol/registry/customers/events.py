"""What the audit says about customers. Never a name or a document: numbers of records and names of fields."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event
from farol.registry.customers.flow import FLOW

_SENTENCE = _("Customer %(target)s: %(action)s, from %(from)s to %(to)s")
EVENTS = [
    Event("customers.create", _("Customer %(target)s opened"), _("Customer opened")),
    Event("customers.edit", _("Customer %(target)s changed"), _("Customer changed")),
    Event("customers.assign", _("Customer %(target)s given to somebody"), _("Customer assigned")),
    Event("customers.revealed", _("Saw %(fields)s of customer %(target)s in clear"), _("Personal data revealed")),
    Event("customers.exported", _("Took away everything about customer %(target)s"), _("Person exported")),
    Event("customers.merged", _("%(from)s merged into customer %(target)s"), _("Customers merged")),
    *(Event(f"customers.{t.name}", _SENTENCE, t.label) for t in FLOW.transitions),
]
