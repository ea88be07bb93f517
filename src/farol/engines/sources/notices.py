"""What people are told about the sources of data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.notifications import Notice

NOTICES = [
    Notice("sources.failed", "data", _("A load of %(source)s failed: %(reason)s"), _("A load failed")),
    Notice(
        "sources.consent_needed",
        "data",
        _("%(source)s asks for consent again: connect it on the page of data sources."),
        _("A source asks for consent"),
    ),
    Notice("sources.blocked", "data", _("%(source)s blocks Farol: %(reason)s"), _("A source blocks Farol")),
    Notice("sources.gap", "data", _("%(source)s and Farol differ: %(reason)s"), _("Days with gaps")),
    Notice("sources.stale", "data", _("%(source)s has brought nothing new for hours."), _("A source is behind")),
]
