"""What the audit says about the rules of triage; the engine says the rest."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [Event("triage.rules", _("Changed the rules of triage: %(what)s"), _("Rules of triage changed"))]
