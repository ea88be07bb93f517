"""What people are told about deadlines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.core import formats
from farol.engines.workflow.jobs import DUE
from farol.platform.notifications import Notice


def _due(params: Mapping[str, Any]) -> str:
    shown = {"number": params["number"], "day": formats.date(dt.date.fromisoformat(params["deadline"]))}
    return _("%(number)s: the deadline is %(day)s.") % shown


NOTICES = [Notice(DUE, "deadline", _due, gettext_lazy("A deadline ends"))]
