"""Tasks, calls, messages and notes, by the day they happened."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.areas.crm.measuring.common import DIMENSIONS, model, times
from farol.engines.metrics.formulas import Ratio, Sum
from farol.engines.metrics.model import Dimension, Direction, Measure, Unit

CONTACTS, TASKS, COMPLETED = Sum("contact"), Sum("task"), Sum("completed", where="task = 1")
TIMED = Sum("activities", where="duration_seconds > 0")

KINDS = {
    "task_follow_up": _("Task: follow-up"),
    "task_meeting": _("Task: meeting"),
    "task_call": _("Task: call"),
    "task_other": _("Task: other"),
    "call_out": _("Outgoing call"),
    "call_in": _("Incoming call"),
    "message_out": _("Outgoing message"),
    "message_in": _("Incoming message"),
    "mail": _("E-mail"),
    "note": _("Note"),
}

MEASURES = (
    Measure(
        "activities",
        _("Activities"),
        _("Tasks, calls, messages, e-mails and notes. Clock: instant of the activity."),
        Unit.COUNT,
        Sum("activities"),
    ),
    Measure(
        "contacts",
        _("Contacts made"),
        _("Outgoing calls, messages and e-mails. Clock: instant of the activity."),
        Unit.COUNT,
        CONTACTS,
    ),
    Measure("meetings", _("Meetings"), _("Meeting tasks. Clock: instant of the activity."), Unit.COUNT, Sum("meeting")),
    Measure(
        "meetings_held",
        _("Meetings held"),
        _("Meeting tasks marked as completed. Clock: instant of the activity."),
        Unit.COUNT,
        Sum("completed", where="meeting = 1"),
    ),
    Measure(
        "follow_ups",
        _("Follow-ups"),
        _("Follow-up tasks. Clock: instant of the activity."),
        Unit.COUNT,
        Sum("follow_up"),
    ),
    Measure(
        "completed",
        _("Completed tasks"),
        _("Tasks marked as completed. Clock: instant of the activity."),
        Unit.COUNT,
        COMPLETED,
    ),
    Measure(
        "completion",
        _("Completion"),
        _("Completed tasks in percent of all tasks. Clock: instant of the activity."),
        Unit.PERCENT,
        Ratio(COMPLETED, TASKS, 100),
    ),
    Measure(
        "on_time",
        _("On time"),
        _(
            "Tasks completed by their deadline, in percent of the completed ones that have one."
            " Clock: instant of the activity."
        ),
        Unit.PERCENT,
        Ratio(Sum("on_time"), Sum("completed", where="task = 1 AND due = 1"), 100),
    ),
    Measure(
        "overdue",
        _("Overdue tasks"),
        _("Open tasks past their deadline at the end of the data. Clock: instant of the activity."),
        Unit.COUNT,
        Sum("overdue"),
        Direction.DOWN,
    ),
    Measure(
        "response_rate",
        _("Response rate"),
        _("Contacts that the customer answered within 24 hours, in percent. Clock: instant of the activity."),
        Unit.PERCENT,
        Ratio(Sum("answered", where="contact = 1"), CONTACTS, 100),
    ),
    *times(
        "minutes",
        (_("Time per activity (mean, min)"), _("Time per activity (median, min)"), _("Time per activity (p90, min)")),
        (
            _("Minutes of the activities whose duration is known, mean. Clock: instant of the activity."),
            _("Minutes that half of the activities with a known duration took. Clock: instant of the activity."),
            _("Minutes that 90 % of the activities with a known duration took. Clock: instant of the activity."),
        ),
        Sum("duration_seconds", where="duration_seconds > 0"),
        TIMED,
        60,
        Direction.NEUTRAL,
    ),
)

ACTIVITIES = model(
    "activities",
    _("Activities"),
    "activity",
    "activity_day",
    MEASURES,
    dimensions=(*DIMENSIONS, Dimension("activity_kind", _("Kind of activity"), "kind", values=KINDS)),
    labels={
        "activity_id": _("Activity"),
        "at": _("At"),
        "due_at": _("Deadline"),
        "completed_at": _("Completed at"),
        "outgoing": _("Outgoing"),
        "contact": _("Contact"),
        "meeting": _("Meeting"),
        "follow_up": _("Follow-up"),
        "task": _("Task"),
        "due": _("With a deadline"),
        "completed": _("Completed"),
        "on_time": _("On time"),
        "overdue": _("Overdue"),
        "urgency": _("Urgency"),
        "duration_seconds": _("Duration (seconds)"),
        "answered": _("Answered"),
        "activities": _("Activities"),
    },
)
