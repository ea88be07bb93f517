"""Custom fields of Kommo's records: found by code or by name, read as text or as money."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from farol.connectors.kommo import scrub
from farol.connectors.kommo.contract import CustomValue
from farol.core import money
from farol.core.errors import BadInput

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_referrer")
TRACKING = (*UTM, "referrer", "gclid", "fbclid", "gclientid")
NAMES = {
    "origin": ("origem lead", "origem do lead", "origem", "lead source"),
    "product": ("produto", "product", "produtos"),
    "cost": ("custo", "custo do lead", "lead cost", "cost"),
}
_MOST = Decimal(10) ** 13


class Fields:
    """The filled fields of a record: known by their code, else by their plain name, else by the name that the operator
    gave (`FAROL_KOMMO_FIELDS`)."""

    def __init__(self, values: Iterable[CustomValue] | None) -> None:
        codes: dict[str, Any] = {}
        names: dict[str, Any] = {}
        self._all: dict[str, list[Any]] = {}
        for field in values or ():
            contents = [value.get("value") for value in field.values or []]
            name = field.field_name or field.field_code or ""
            if not scrub.private_name(name) and field.field_code not in ("PHONE", "EMAIL"):
                self._all[name] = [scrub.payload(content) for content in contents]
            if contents and contents[0] not in (None, ""):
                codes.setdefault(plain(field.field_code or ""), contents[0])
                names.setdefault(plain(field.field_name or ""), contents[0])
        self._found = {**names, **codes}

    def text(self, name: str) -> str | None:
        """What Farol calls `name`, as text."""
        found = (value for value in self._values(name) if isinstance(value, str | int | float))
        return next((scrub.text(str(value)) for value in found), None)

    def centavos(self, name: str) -> int | None:
        return next((found for value in self._values(name) if (found := centavos(value)) is not None), None)

    def _values(self, name: str) -> Iterator[Any]:
        for known in (*NAMES.get(name, (name,)), settings.FAROL_KOMMO_FIELDS.get(name, "")):
            if known and plain(known) in self._found:
                yield self._found[plain(known)]

    def as_json(self) -> str | None:
        return json.dumps(self._all, ensure_ascii=False) if self._all else None


def plain(name: str) -> str:
    """Without accents, capitals and punctuation: `Origem_Lead` and `origem lead` are one."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def centavos(value: Any) -> int | None:
    """An amount as people or the API write it (`1.234,56`, `1,234.56`, 1200.5); None for what is no amount."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        if isinstance(value, str):
            return money.to_centavos(money.parse(value))
        amount = Decimal(str(value))
    except (BadInput, InvalidOperation):
        return None
    return money.to_centavos(money.quantize(amount)) if amount.is_finite() and abs(amount) < _MOST else None
