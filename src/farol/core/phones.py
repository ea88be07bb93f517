"""Brazilian telephones, kept as `+55` with area code and number; numbers of other countries with their `+`."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from farol.core.errors import BadInput
from farol.core.pix import AREA_CODES

_NATIONAL = re.compile(r"\A([0-9]{2})(9[0-9]{8}|[2-5][0-9]{7})\Z")
_FOREIGN = re.compile(r"\A\+(?!55)[1-9][0-9]{7,14}\Z")
WRONG = _("This is not a telephone: write the area code and the number, mobiles with the 9.")


def read(text: str, field: str = "phone") -> str:
    """`+55…` of a number typed in any way, `BadInput` on `field` for what is none."""
    plain = re.sub(r"[\s().\-/\u2010-\u2015]", "", unicodedata.normalize("NFKC", text))
    national = re.sub(r"\A(\+55|0055|0)", "", plain)
    for digits in (national, national.removeprefix("55")):
        match = _NATIONAL.match(digits)
        if match and match.group(1) in AREA_CODES:
            return f"+55{digits}"
    if _FOREIGN.match(plain):
        return plain
    raise BadInput(field, WRONG)


def show(phone: str) -> str:
    """`(11) 98765-4321`; what is not Brazilian as it is kept."""
    match = _NATIONAL.match(phone.removeprefix("+55")) if phone.startswith("+55") else None
    return f"({match.group(1)}) {match.group(2)[:-4]}-{match.group(2)[-4:]}" if match else phone


def mask(phone: str) -> str:
    """`(11) •••••-••21`: enough to recognise what one knows already."""
    shown = show(phone)
    head = shown[:4] if shown.startswith("(") else ""
    middle = "".join("•" if char.isdigit() else char for char in shown[len(head) : -2])
    return head + middle + shown[-2:]
