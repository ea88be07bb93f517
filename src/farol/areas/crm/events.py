"""What the audit records of the commercial area."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("crm.goal_set", _("Set the goal of %(month)s for %(target)s"), _("Goal set")),
    Event(
        "crm.spend_set",
        _("Set the marketing spend of %(target)s from %(first)s to %(last)s"),
        _("Marketing spend set"),
    ),
    Event("crm.mark_set", _("Set the mark %(target)s to %(value)s"), _("Mark set")),
    Event("crm.channels_changed", _("Changed the channel rules: version %(number)s"), _("Channel rules changed")),
    Event("crm.task_asked", _("Asked the CRM for a task or note on lead %(target)s"), _("Task or note asked for")),
    Event("crm.checked", _("Checked the data of %(target)s: %(failed)s checks do not hold"), _("Data checked")),
    Event("crm.forecast_frozen", _("Kept the forecast of %(month)s as of %(as_of)s"), _("Forecast kept")),
]
