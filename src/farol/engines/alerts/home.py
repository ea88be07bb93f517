"""Alerts to judge, on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.engines.alerts.lists import direction
from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.queries import by_weight, cases_for
from farol.engines.alerts.words import sentence, title
from farol.platform.accounts.principal import asker_of
from farol.platform.web.home import Panel

MOST = 5


def to_judge(request: HttpRequest) -> dict[str, Any] | None:
    """New alerts and those assigned to the person, the latest first; None when all is judged."""
    principal = asker_of(request)
    found = cases_for(principal)
    mine = found.filter(status="new") | found.filter(status="acknowledged", assignee_id=principal.user_id or 0)
    cases = list(by_weight(mine)[:MOST])
    if not cases:
        return None
    return {
        "alerts": [_row(case) for case in cases],
        "more_url": reverse("alerts:list") + "?state=open",
    }


def _row(case: AlertCase) -> dict[str, Any]:
    return {"case": case, "title": title(case), "sentence": sentence(case), "direction": direction(case)}


PANELS = [Panel("alerts", _("Alerts to judge"), "alerts/home.html", to_judge, 20, ("alerts.view",))]
