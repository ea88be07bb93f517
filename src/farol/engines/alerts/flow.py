"""What can be done with an alert: a case that ends with somebody's verdict on whether it was worth sounding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import clock
from farol.core.errors import BadInput
from farol.engines.workflow import Flow, State, Transition
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal, principal_of

LONGEST_SNOOZE = 90
OPEN = ("new", "acknowledged", "snoozed")
JUDGE = "alerts.judge"


def _assignee(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    """A person who may see alerts, or nobody."""
    chosen = data.get("assignee")
    if chosen in (None, ""):
        return {"assignee_id": None}
    user = User.objects.filter(pk=chosen, is_active=True).first() if str(chosen).isdecimal() else None
    if user is None or not case.visible_to(principal_of(user)):
        raise BadInput("assignee", _("Choose a person who may see this alert."))
    return {"assignee_id": user.pk}


def _until(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    """A day after today."""
    try:
        until = dt.date.fromisoformat(str(data.get("until", "")))
    except ValueError:
        raise BadInput("until", _("Choose a day.")) from None
    if not 0 < (until - clock.today()).days <= LONGEST_SNOOZE:
        raise BadInput("until", _("Choose a day within the next %(days)s days.") % {"days": LONGEST_SNOOZE})
    return {"snoozed_until": until}


def _awake(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"snoozed_until": None}


def _useful(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"verdict": "useful", "snoozed_until": None}


def _noise(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"verdict": "noise", "snoozed_until": None}


def _unjudged(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"verdict": ""}


def _no_successor(case: Any, principal: Principal) -> str | None:
    """One open case for one departure: the database holds it too."""
    others = type(case).objects.filter(key=case.key, status__in=OPEN).exclude(pk=case.pk)
    return _("A newer alert of the same segment is open.") if others.exists() else None


def _evidence(case: Any, principal: Principal, data: Mapping[str, Any]) -> dict[str, Any]:
    """The departure lasts: the newest figures, the day they are of."""
    return dict(data)


FLOW = Flow(
    name="alert",
    label=gettext_lazy("Alert"),
    sees=lambda case, principal: case.visible_to(principal),
    states=(
        State("new", gettext_lazy("New"), "warning"),
        State("acknowledged", gettext_lazy("Acknowledged"), "info"),
        State("snoozed", gettext_lazy("Snoozed"), "neutral"),
        State("closed", gettext_lazy("Judged"), "success", final=True),
    ),
    transitions=(
        Transition("acknowledge", gettext_lazy("Acknowledge"), ("new",), "acknowledged", JUDGE, icon="check"),
        Transition("assign", gettext_lazy("Assign"), OPEN, None, JUDGE, accept=_assignee, icon="user-check"),
        Transition(
            "snooze",
            gettext_lazy("Snooze"),
            ("new", "acknowledged"),
            "snoozed",
            JUDGE,
            accept=_until,
            icon="clock-pause",
        ),
        Transition("wake", gettext_lazy("Wake"), ("snoozed",), "new", JUDGE, accept=_awake, icon="bell-ringing"),
        Transition("useful", gettext_lazy("It was useful"), OPEN, "closed", JUDGE, accept=_useful, icon="thumb-up"),
        Transition("noise", gettext_lazy("It was noise"), OPEN, "closed", JUDGE, accept=_noise, icon="thumb-down"),
        Transition(
            "reopen",
            gettext_lazy("Open again"),
            ("closed",),
            "acknowledged",
            JUDGE,
            reason=True,
            guard=_no_successor,
            accept=_unjudged,
            icon="rotate",
        ),
        Transition(
            "last",
            gettext_lazy("It lasts"),
            (*OPEN, "closed"),
            None,
            JUDGE,
            accept=_evidence,
            system=True,
            icon="refresh",
        ),
    ),
)
