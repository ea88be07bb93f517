"""Takes phones, e-mails and documents out of what Kommo sends, before anything of it is kept.

What must still be matched stays as a keyed hash; elsewhere a mark tells that something was there.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.conf import settings

COUNTRY = "55"
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# phones, CPFs and CNPJs as people write them: eight digits or more, with the usual marks between
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ().\-/]{0,2}\d){7,}(?!\w)")
_PRIVATE_NAMES = re.compile(r"(?i)phone|telefone|celular|whats|e-?mail|\bcpf|\bcnpj|document|\brg\b")
_PRIVATE_KEYS = frozenset({"phone", "email", "from", "to", "first_name", "last_name", "link"})
_FREE_TEXT = frozenset({"text", "subject", "content_summary", "call_result", "address"})


def text(value: str | None) -> str:
    """Free text without phones, e-mails and documents."""
    return _NUMBER.sub("(…)", _EMAIL.sub("(…)", value)) if value else ""


def email_hash(value: Any) -> str | None:
    plain = str(value or "").strip().lower()
    return settings.KEYRING.lookup_hash(plain) if plain else None


def phone_hash(value: Any) -> str | None:
    """Of the number in international form; without a country code it is a Brazilian one."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", str(value or ""))).lstrip("0")
    if not digits:
        return None
    return settings.KEYRING.lookup_hash("+" + (COUNTRY + digits if len(digits) in (10, 11) else digits))


def payload(value: Any, key: str = "") -> Any:
    """A whole record, to be kept beside: private values hashed, free texts left out."""
    if isinstance(value, dict):
        if _private_field(value):
            values = value.get("values") or []
            return {
                **value,
                "values": [{"hash": _hashed(item)} for item in (values if isinstance(values, list) else [values])],
            }
        return {name: payload(inner, name) for name, inner in value.items() if name != "_links"}
    if isinstance(value, list):
        return [payload(inner, key) for inner in value]
    if isinstance(value, str):
        if key in _FREE_TEXT or key in _PRIVATE_KEYS:
            return settings.KEYRING.lookup_hash(value)[:16] if key in _PRIVATE_KEYS and value else ""
        return text(value)
    return value


def private_name(name: str) -> bool:
    """A custom field called so holds what identifies a person."""
    return bool(_PRIVATE_NAMES.search(name))


def _private_field(value: dict[str, Any]) -> bool:
    if "field_id" not in value:
        return False
    return value.get("field_code") in ("PHONE", "EMAIL") or private_name(str(value.get("field_name") or ""))


def _hashed(item: Any) -> str:
    found = item.get("value") if isinstance(item, dict) else item
    plain = str(found or "")
    return (email_hash(plain) if "@" in plain else phone_hash(plain)) or ""
