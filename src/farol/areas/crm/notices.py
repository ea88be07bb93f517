"""What people are told of the commercial area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from farol.core import formats
from farol.platform.notifications import Notice


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
    Notice("crm.stale_deals", "deadline", _stale, gettext_lazy("Leads left alone")),
    Notice("crm.unanswered", "deadline", _unanswered, gettext_lazy("Leads that wait for an answer")),
]
