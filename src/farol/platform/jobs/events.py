"""What the audit says about jobs."""

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [
    Event("job.run", _("Started the task %(job)s"), _("Task started")),
    Event("job.planned", _("Changed the plan of the task %(job)s to “%(cron)s”"), _("Plan of a task changed")),
    Event("job.paused", _("Paused the task %(job)s"), _("Task paused")),
    Event("job.resumed", _("Resumed the task %(job)s"), _("Task resumed")),
]
