"""The person's day on the home page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from farol.engines.workflow import work
from farol.engines.workflow.menu import VIEWS
from farol.platform.accounts.principal import asker_of
from farol.platform.web.home import Panel

MOST = 6


def due(request: HttpRequest) -> dict[str, Any] | None:
    found = work.due(asker_of(request), MOST)
    return {"due": found, "more_url": reverse("workflow:day")} if found else None


def waiting(request: HttpRequest) -> dict[str, Any] | None:
    found = work.waiting(asker_of(request))
    return {"waiting": found, "most": work.MOST, "more_url": reverse("workflow:day")} if found else None


PANELS = [
    Panel("due", _("What is due"), "workflow/due.html", due, 5, VIEWS),
    Panel("waiting", _("What waits for me"), "workflow/waiting.html", waiting, 10, VIEWS),
]
