"""Asks Kommo for a task on a lead: kept and put into the outbox in one transaction, once while it is on its way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.areas.crm.boards.links import FILES
from farol.areas.crm.models import LeadTask
from farol.core import clock
from farol.core.errors import NotAllowed, Refused
from farol.platform import audit
from farol.platform.accounts.principal import Principal
from farol.platform.calendar import default
from farol.platform.outbox import states
from farol.platform.web.lists import Status

if TYPE_CHECKING:
    from farol.areas.crm.worklists.leads import LeadRow

STATES = {
    "queued": Status(gettext_lazy("On its way"), "info", "clock"),
    "done": Status(gettext_lazy("In Kommo"), "success", "check"),
    "failed": Status(gettext_lazy("Not created"), "danger", "alert-triangle"),
}


def may_ask_any(principal: Principal) -> bool:
    """Managers may for every lead, sellers for their own, which are the only ones they see."""
    return principal.may("goals.manage") or principal.own_only("dashboard.commercial")


def may_ask(principal: Principal, lead: Any) -> bool:
    """Whether to offer it for a lead that the person sees (a mapping with `connection_id` and `status`)."""
    return may_ask_any(principal) and lead["status"] == "open" and lead["connection_id"] != FILES


def ask_task(principal: Principal, lead: LeadRow) -> LeadTask:
    """Have a task made for the lead's seller, due at the end of the next business day.

    `lead` was read with the person's row rules. `NotAllowed` without the right, `Refused` for a lead of a file and
    while the lead's task before is on its way, or where one with the same deadline is there.
    """
    if not may_ask_any(principal):
        raise NotAllowed(_("Your roles do not include creating tasks in Kommo."))
    if lead.connection_id == FILES:
        raise Refused(_("This lead came from a file: there is no Kommo to create a task in."))
    try:
        with transaction.atomic():
            return _asked(principal, lead)
    except IntegrityError as error:
        raise _twin() from error


def _asked(principal: Principal, lead: LeadRow) -> LeadTask:
    from farol.connectors.kommo.writes import enqueue_task

    due = _due()
    asked = LeadTask.objects.filter(connection_id=lead.connection_id, lead_id=lead.lead_id, kind="task")
    if asked.filter(state="queued").exists():
        raise _twin()
    if asked.filter(state="done", due=due).exists():  # the second click came after the delivery
        raise Refused(_("Kommo has a task for this lead already, due on the same day."), code="already_asked")
    task = LeadTask.objects.create(
        connection_id=lead.connection_id,
        lead_id=lead.lead_id,
        kind="task",
        text=_("Resume contact: %(days)s days without an answer or contact.") % {"days": lead.days},
        due=due,
        made_by=principal.user,
    )
    enqueue_task(task.pk, lead.lead_id, task.text, task.due, lead.responsible_id)
    audit.record(principal, "crm.task_asked", target=lead.lead_id)
    return task


def _twin() -> Refused:
    return Refused(_("A task for this lead is already on its way to Kommo."), code="already_queued")


def _due() -> dt.datetime:
    day = default().add_business_days(clock.today(), 1)
    return dt.datetime.combine(day, settings.FAROL_BUSINESS_HOURS[1], clock.zone())


def last_asked(connection_id: str, lead_id: str) -> dict[str, Any] | None:
    """The state of the newest task that was asked for, as a label with its tone; `why` it is not in Kommo yet."""
    task = LeadTask.objects.filter(connection_id=connection_id, lead_id=lead_id, kind="task").first()
    if task is None:
        return None
    status = STATES[task.state]
    key = f"crm.task:{task.pk}"
    delivery = states("kommo.task", [key]).get(key)
    why = delivery.error if delivery and task.state != "done" else ""
    return {"state": task.state, "label": status.label, "tone": status.tone, "made_at": task.made_at, "why": why}


def task_states() -> dict[str, Status]:
    """The state of the newest task of each lead that one was asked for, by `connection:id`."""
    tasks = LeadTask.objects.filter(kind="task").order_by("id").values_list("connection_id", "lead_id", "state")
    return {f"{connection_id}:{lead_id}": STATES[state] for connection_id, lead_id, state in tasks}
