"""What the audit says about boards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("export.board", _("Downloaded the board %(target)s as a workbook (%(address)s)"), _("Board downloaded")),
    Event(
        "export.card", _("Downloaded %(card)s of the board %(target)s as %(kind)s (%(address)s)"), _("Card downloaded")
    ),
]
