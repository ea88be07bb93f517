"""What the audit records about loads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event(
        "sources.load",
        _("Load %(run)s of %(target)s: %(status)s, %(rows_new)s rows new, %(rows_changed)s changed"),
        _("Data loaded"),
    ),
    Event(
        "sources.sync",
        _("Load %(run)s from %(target)s: %(status)s, %(rows_new)s rows new, %(rows_changed)s changed"),
        _("Data fetched"),
    ),
    Event("sources.tested", _("Tested the connection with %(target)s: %(result)s"), _("Connection tested")),
    Event("sources.connected", _("Connected %(target)s"), _("Source connected")),
    Event("sources.consent_lost", _("%(target)s asks for consent again"), _("Consent lost")),
    Event(
        "sources.person_linked",
        _("Linked person %(target)s with %(external_id)s of %(source)s"),
        _("Person linked with a source"),
    ),
]
