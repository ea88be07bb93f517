"""PIX keys by kind, and the BR Code that people copy and paste.

A well-formed key says nothing about who owns it, or whether it exists: the bank names the owner before the payment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from farol.core import documents, money
from farol.core.errors import BadInput

_AREAS = (*range(11, 20), 21, 22, 24, 27, 28, *range(31, 36), 37, 38, *range(41, 50), 51, 53, 54, 55, *range(61, 70))
_AREAS += (71, 73, 74, 75, 77, 79, *range(81, 90), *range(91, 100))
AREA_CODES = frozenset(str(code) for code in _AREAS)
LONGEST_KEY = 77
FIELD = "pix_key"
GUI = "br.gov.bcb.pix"
_EVP = re.compile(r"\A([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\Z")
_PHONE = re.compile(r"\A\+[1-9][0-9]\d{1,14}\Z", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"\A[a-z0-9.!#$&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+\Z")
_TXID = re.compile(r"\A[A-Za-z0-9]{1,25}\Z")
_AMOUNT = re.compile(r"\A[0-9]{1,10}(?:\.[0-9]{1,2})?\Z")


class Kind(StrEnum):
    CPF = "cpf"
    CNPJ = "cnpj"
    PHONE = "phone"
    EMAIL = "email"
    EVP = "evp"


@dataclass(frozen=True)
class Key:
    """`value` is in the form in which the banks' directory keeps it."""

    kind: Kind
    value: str


def read(text: str, kind: Kind | str = "", field: str = FIELD) -> Key:
    """The key that `text` holds; without a `kind` it is recognised.

    `BadInput` on `field` where it is none, with the code `ambiguous` where it could be a document or a telephone: then
    the kind must be asked for.
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not plain:
        raise BadInput(field, _("Type the PIX key."), code="required")
    if len(plain) > LONGEST_KEY:
        raise BadInput(field, _("A PIX key has at most %(most)s characters.") % {"most": LONGEST_KEY})
    chosen = Kind(kind) if kind else _recognise(plain, field)
    return Key(chosen, _READERS[chosen](plain, field))


def mask(key: Key) -> str:
    """For those who may not see personal data: enough to tell two keys apart."""
    if key.kind in (Kind.CPF, Kind.CNPJ):
        return (documents.cpf if key.kind == Kind.CPF else documents.cnpj).mask(key.value)
    if key.kind == Kind.EMAIL:
        name, _at, domain = key.value.partition("@")
        return f"{name[0]}•••@{domain}"
    return f"{key.value[:3]}•••{key.value[-4:]}"


def _recognise(plain: str, field: str) -> Kind:
    """In the order in which a bank's screen would; digits that fit two kinds are asked about."""
    if _EVP.match(plain.lower()):
        return Kind.EVP
    if "@" in plain:
        return Kind.EMAIL
    if plain.startswith("+"):
        return Kind.PHONE
    if documents.cnpj.is_valid(plain):
        return Kind.CNPJ
    digits = _digits(plain)
    telephone = _national(digits)
    if documents.cpf.is_valid(digits):
        if telephone:
            raise _doubt(field, _("This may be a CPF or the telephone %(phone)s.") % {"phone": telephone})
        return Kind.CPF
    if telephone:
        raise _doubt(field, _("This is no CPF; it may be the telephone %(phone)s.") % {"phone": telephone})
    raise BadInput(
        field, _("This is not a PIX key: a CPF, a CNPJ, a telephone with +55, an e-mail or a random key is.")
    )


def _doubt(field: str, sentence: str) -> BadInput:
    return BadInput(field, sentence + " " + _("Choose the kind of key."), code="ambiguous")


def _digits(text: str) -> str:
    return re.sub(r"[().\-/]", "", text)


def _national(digits: str) -> str:
    """A Brazilian number without its country, as `+55…`; empty if it cannot be one."""
    mobile = re.match(r"\A[0-9]{2}9[0-9]{8}\Z", digits)
    fixed = re.match(r"\A[0-9]{2}[2-5][0-9]{7}\Z", digits)
    return f"+55{digits}" if (mobile or fixed) and digits[:2] in AREA_CODES else ""


def _phone(plain: str, field: str) -> str:
    digits = _digits(plain)
    number = digits if digits.startswith("+") else _national(digits) or _national(digits.removeprefix("55"))
    brazilian = not number.startswith("+55") or _national(number[3:])
    if not (_PHONE.match(number) and brazilian):
        raise BadInput(
            field, _("This is not a telephone: write +55, the area code and the number, mobiles with the 9.")
        )
    return number


def _email(plain: str, field: str) -> str:
    if not _EMAIL.match(plain.lower()):
        raise BadInput(field, _("This is not an e-mail address. Check it."))
    return plain.lower()


def _evp(plain: str, field: str) -> str:
    match = _EVP.match(plain.lower())
    if not match:
        raise BadInput(field, _("This is not a random key: it has 32 digits and letters from a to f, in five groups."))
    return "-".join(match.groups())


_READERS: dict[Kind, Callable[[str, str], str]] = {
    Kind.CPF: documents.cpf.validate,
    Kind.CNPJ: documents.cnpj.validate,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.EVP: _evp,
}


@dataclass(frozen=True)
class BrCode:
    """A code for a payment. A static one has `key`; a dynamic one has `url` (without `https://`), which is never read.

    `txid` is empty for none; `amount` None leaves it to the payer.
    """

    name: str
    city: str
    key: str = ""
    amount: Decimal | None = None
    txid: str = ""
    text: str = ""
    url: str = ""
    once: bool = False


def build(code: BrCode) -> str:
    """The text to copy and paste. Name and city are cut to 25 and 15 characters without accents; `ValueError` for what
    does not fit."""
    if bool(code.key) == bool(code.url):
        raise ValueError("either a key or an address")
    if code.txid and not _TXID.match(code.txid):
        raise ValueError("txid: 1 to 25 letters and digits")
    account = _item("00", GUI) + (_item("25", code.url) if code.url else _item("01", code.key))
    account += _item("02", plain_text(code.text)) if code.text else ""
    parts = [
        _item("00", "01"),
        _item("01", "12") if code.once else "",
        _item("26", account),
        _item("52", "0000"),
        _item("53", "986"),
        _item("54", f"{code.amount:.2f}") if code.amount is not None else "",
        _item("58", "BR"),
        _item("59", plain_text(code.name)[:25].strip()),
        _item("60", plain_text(code.city)[:15].strip()),
        _item("62", _item("05", code.txid or "***")),
        "6304",
    ]
    body = "".join(parts)
    return body + crc(body)


def parse(text: str, field: str = FIELD) -> BrCode:
    """The payment in a pasted code; `BadInput` on `field` where it is damaged or of another system."""
    text = text.strip()
    if not text.startswith("000201") or len(text) < 12:
        raise BadInput(field, _("This is not a PIX code to copy and paste: it begins with 000201."))
    if text[-8:-4] != "6304" or crc(text[:-4]) != text[-4:].upper():
        raise BadInput(field, _("The PIX code is damaged: its last four characters don't fit. Copy it again, whole."))
    tags = _tags(text, field)
    account = _tags(tags.get("26", ""), field)
    if account.get("00", "").lower() != GUI or not (account.get("01") or account.get("25")):
        raise BadInput(field, _("This code is not for PIX."))
    return BrCode(
        name=tags.get("59", ""),
        city=tags.get("60", ""),
        key=account.get("01", ""),
        amount=_amount(tags.get("54"), field),
        txid=_tags(tags.get("62", ""), field).get("05", "").replace("***", ""),
        text=account.get("02", ""),
        url=account.get("25", ""),
        once=tags.get("01") == "12",
    )


def crc(text: str) -> str:
    """CRC-16 (polynomial 1021, start FFFF) as four upper-case hexadecimal digits."""
    rest = 0xFFFF
    for byte in text.encode():
        rest ^= byte << 8
        for _bit in range(8):
            rest = (rest << 1 ^ 0x1021 if rest & 0x8000 else rest << 1) & 0xFFFF
    return f"{rest:04X}"


def plain_text(text: str) -> str:
    """ASCII without accents, as the code's name and city must be."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _item(tag: str, value: str) -> str:
    if not 0 < len(value) <= 99:
        raise ValueError(f"{tag}: 1 to 99 characters")
    return f"{tag}{len(value):02d}{value}"


def _tags(text: str, field: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag, value in _walk(text, field):
        if tag in found:
            raise _unreadable(field)
        found[tag] = value
    return found


def _walk(text: str, field: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        head = re.match(r"[0-9]{4}", text[at : at + 4])
        size = int(text[at + 2 : at + 4]) if head else 0
        if not head or at + 4 + size > len(text):
            raise _unreadable(field)
        yield text[at : at + 2], text[at + 4 : at + 4 + size]
        at += 4 + size


def _amount(text: str | None, field: str) -> Decimal | None:
    if text is None:
        return None
    if not _AMOUNT.match(text):
        raise _unreadable(field)
    return money.quantize(Decimal(text))


def _unreadable(field: str) -> BadInput:
    return BadInput(field, _("The PIX code cannot be read. Copy it again, whole."))
