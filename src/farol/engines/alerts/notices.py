"""What people are told of alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.words import title
from farol.platform.notifications import Notice


def _new(params: Mapping[str, Any]) -> str:
    case = AlertCase.objects.filter(pk=params["case"]).first()
    return _("New alert: %(title)s") % {"title": title(case) if case else params["case"]}


NOTICES = [Notice("alerts.new", "data", _new, gettext_lazy("New alerts"))]
