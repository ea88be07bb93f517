"""What is given with an action: values as a form cleans them, or texts from whoever has no form.

`BadInput` names the field; nothing given is None, or an empty text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.core import money
from farol.core.errors import BadInput

Data = Mapping[str, Any]


def text(data: Data, name: str, longest: int) -> str:
    found = str(data.get(name) or "").replace("\0", "").strip()
    if len(found) > longest:
        raise BadInput(name, _("At most %(most)s characters.") % {"most": longest})
    return found


def day(data: Data, name: str) -> dt.date | None:
    value = data.get(name)
    if value in (None, "") or isinstance(value, dt.date):
        return value or None
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise BadInput(name, _("Write the day as 2026-11-21.")) from None


def amount(data: Data, name: str) -> Decimal | None:
    """In reais."""
    value = data.get(name)
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, Decimal) else money.parse(str(value))
    except BadInput as error:
        raise BadInput(name, error.detail) from error
