"""Custom fields of Kommo's records: found by code or by name, read as text or as money."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from farol.connectors.kommo import scrub
from farol.connectors.kommo.contract import CustomValue
from farol.core import money
from farol.core.errors import BadInput

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_referrer")
TRACKING = (*UTM, "referrer", "gclid", "fbclid", "gclientid")
ORIGIN = ("origem lead", "origem do lead", "origem", "lead source")
PRODUCT = ("produto", "product", "produtos")
COST = ("custo", "custo do lead", "lead cost", "cost")
_MOST = Decimal(10) ** 13


class Fields:
    """The filled fields of a record by their code and their plain name."""

    def __init__(self, values: Iterable[CustomValue] | None) -> None:
        self._found: dict[str, Any] = {}
        self._all: dict[str, list[Any]] = {}
        for field in values or ():
            contents = [value.get("value") for value in field.values or []]
            name = field.field_name or field.field_code or ""
            if not scrub.private_name(name) and field.field_code not in ("PHONE", "EMAIL"):
                self._all[name] = [scrub.text(c) if isinstance(c, str) else c for c in contents]
            for key in (plain(field.field_name or ""), plain(field.field_code or "")):
                if key and contents:
                    self._found[key] = contents[0]

    def text(self, *names: str) -> str | None:
        """The first filled of these, as text."""
        for name in names:
            value = self._found.get(plain(name))
            if value not in (None, ""):
                return scrub.text(str(value)) if isinstance(value, str) else str(value)
        return None

    def centavos(self, *names: str) -> int | None:
        for name in names:
            value = centavos(self._found.get(plain(name)))
            if value is not None:
                return value
        return None

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
