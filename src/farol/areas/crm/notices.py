"""What people are told of the commercial area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from farol.core import formats
from farol.platform.notifications import Notice


def _at_risk(params: Mapping[str, Any]) -> str:
    parts = {
        "month": formats.month(dt.date.fromisoformat(params["month"])),
        "gap": formats.brl(Decimal(params["gap"])),
        "share": formats.percent(Decimal(params["share"])),
    }
    return _("The goal of %(month)s is at risk: %(gap)s are missing, %(share)s of it.") % parts


def _stale(params: Mapping[str, Any]) -> str:
    count = params["count"]
    text = ngettext(
        "%(count)s open lead has not been touched for long.",
        "%(count)s open leads have not been touched for long.",
        count,
    )
    return text % {"count": formats.number(count)}


def _unanswered(params: Mapping[str, Any]) -> str:
    count = params["count"]
    return ngettext("%(count)s lead waits for an answer.", "%(count)s leads wait for an answer.", count) % {
        "count": formats.number(count)
    }


NOTICES = [
    Notice("crm.goal_at_risk", "data", _at_risk, gettext_lazy("A commercial goal is at risk")),
    Notice(
        "crm.check_failed",
        "data",
        gettext_lazy("Checks of the commercial data do not hold: %(checks)s"),
        gettext_lazy("Checks of the commercial data"),
    ),
    Notice("crm.stale_deals", "deadline", _stale, gettext_lazy("Leads left alone")),
    Notice("crm.unanswered", "deadline", _unanswered, gettext_lazy("Leads that wait for an answer")),
]
