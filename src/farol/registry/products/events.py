"""What the audit says about products."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event
from farol.registry.products.flow import FLOW

_SENTENCE = _("Product %(target)s: %(action)s, from %(from)s to %(to)s")
EVENTS = [
    Event("products.create", _("Product %(target)s opened"), _("Product opened")),
    Event("products.edit", _("Product %(target)s changed"), _("Product changed")),
    Event("products.assign", _("Product %(target)s given to somebody"), _("Product assigned")),
    *(Event(f"products.{t.name}", _SENTENCE, t.label) for t in FLOW.transitions),
]
