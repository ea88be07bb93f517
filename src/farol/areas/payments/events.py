"""What the audit records of payments."""

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [Event("goal.set", _("Set the goal of %(month)s for %(target)s"), _("Goal set"))]
