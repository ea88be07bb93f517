"""What people can be told: each room declares its codes with the sentence that puts them into words.

NOTICES = [Notice("payables.verified", "verification", _("%(number)s was verified."))]      in the room's `notices.py`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.platform.apps import collect

CATEGORIES: dict[str, Any] = {
    "verification": _("Verification"),
    "voucher": _("Store credit"),
    "dispute": _("Disputes"),
    "stock": _("Stock"),
    "deadline": _("Deadlines"),
    "data": _("Data"),
}
Told = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Notice:
    """`sentence` may use the params as `%(name)s`, or is a function of them (amounts and days in the reader's way)."""

    code: str
    category: str
    sentence: Any | Told
    label: Any = ""

    def __post_init__(self) -> None:
        CATEGORIES[self.category]


@cache
def notices() -> dict[str, Notice]:
    """All notices by code."""
    return {notice.code: notice for notice in collect("notices", "NOTICES")}


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The notice in words of the active language; a code nobody declares any more is shown as it is."""
    notice = notices().get(code)
    if notice is None:
        return " ".join([code, *(str(value) for value in params.values())])
    try:
        return str(notice.sentence(params)) if callable(notice.sentence) else str(notice.sentence) % dict(params)
    except (KeyError, ValueError, TypeError):  # an older notice whose params were named differently
        return str(notice.label or code)
