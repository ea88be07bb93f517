"""Payment slips: the line that people type (47 or 48 digits) and the barcode behind it (44).

Two families: bank collection, and *arrecadação* (taxes, utilities), which begins with 8.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from farol.core import money
from farol.core.errors import BadInput

FIELD = "boleto_line"
FACTOR_BASE = dt.date(1997, 10, 7)
CYCLE = 9000  # after 9999 the factor begins at 1000 again (22/02/2025)
LOOK_BACK, LOOK_AHEAD = dt.timedelta(days=3000), dt.timedelta(days=5500)  # shorter than a cycle: never two answers


@dataclass(frozen=True)
class Slip:
    """`amount` and `due_on` are None where the slip leaves them open; the bank may still add interest or a discount."""

    barcode: str
    line: str
    amount: Decimal | None
    due_on: dt.date | None

    @property
    def is_bank(self) -> bool:
        return self.barcode[0] != "8"

    @property
    def spaced(self) -> str:
        """The line as it is printed."""
        if self.is_bank:
            one, two, three, rest = self.line[:10], self.line[10:21], self.line[21:32], self.line[32:]
            return " ".join([*(f"{part[:5]}.{part[5:]}" for part in (one, two, three)), rest[0], rest[1:]])
        return " ".join(f"{self.line[at : at + 11]}-{self.line[at + 11]}" for at in range(0, 48, 12))


def read(text: str, today: dt.date, field: str = FIELD) -> Slip:
    """The slip of a typed line or a scanned barcode. `today` decides between the two dates that a due factor may mean.

    `BadInput` on `field` says which part of the line is wrong.
    """
    digits = _digits(text, field)
    if len(digits) == 44:
        barcode = digits
    elif len(digits) == 47 and digits[0] != "8":
        barcode = _bank_barcode(digits, field)
    elif len(digits) == 48 and digits[0] == "8":
        barcode = _collection_barcode(digits, field)
    else:
        raise BadInput(field, _length_sentence(digits))
    (_check_collection if barcode[0] == "8" else _check_bank)(barcode, field)
    return _slip(barcode, today, field)


def line_of(barcode: str) -> str:
    """The line of a barcode of 44 digits, without punctuation."""
    if barcode[0] == "8":
        check = _modulus(barcode)
        blocks = [barcode[at : at + 11] for at in range(0, 44, 11)]
        return "".join(block + check(block) for block in blocks)
    free = barcode[19:]
    fields = [barcode[:4] + free[:5], free[5:15], free[15:]]
    return "".join(part + mod10(part) for part in fields) + barcode[4] + barcode[5:19]


def bank_barcode(bank: str, due_on: dt.date | None, amount: Decimal | None, free: str) -> str:
    """The barcode of a bank's slip with its check digit; `free` are the 25 digits that the bank defines."""
    factor = f"{factor_of(due_on):04d}" if due_on else "0000"
    head, tail = f"{bank}9", f"{factor}{money.to_centavos(amount or Decimal(0)):010d}{free}"
    return head + bank_digit(head + tail) + tail


def collection_barcode(segment: str, value_kind: str, amount: Decimal, free: str) -> str:
    """The barcode of a tax or utility bill; `value_kind` is the third digit (6 to 9), `free` has 29 digits."""
    head, tail = f"8{segment}{value_kind}", f"{money.to_centavos(amount):011d}{free}"
    return head + _modulus(head)(head + tail) + tail


def factor_of(due_on: dt.date) -> int:
    """The four digits that stand for a due date."""
    days = (due_on - FACTOR_BASE).days
    return days if days < 10_000 else 1000 + (days - 10_000) % CYCLE


def due_date(factor: int, today: dt.date) -> dt.date | None:
    """The one date round `today` that a factor can mean; None if there is none."""
    if factor < 1000:
        return None
    day = FACTOR_BASE + dt.timedelta(days=factor)
    while day < today - LOOK_BACK:
        day += dt.timedelta(days=CYCLE)
    return day if day <= today + LOOK_AHEAD else None


def mod10(digits: str) -> str:
    """Weights 2, 1, 2, 1 … from the right; the digits of each product count."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def bank_digit(digits: str) -> str:
    """The general digit of a bank's barcode: 0, 10 and 11 become 1."""
    digit = 11 - _sum11(digits) % 11
    return str(digit if digit < 10 else 1)


def collection_mod11(digits: str) -> str:
    """The digit of bills whose third digit is 8 or 9: 10 and 11 become 0."""
    digit = 11 - _sum11(digits) % 11
    return str(digit if digit < 10 else 0)


def _sum11(digits: str) -> int:
    return sum(int(digit) * (2 + place % 8) for place, digit in enumerate(reversed(digits)))


def _modulus(barcode: str) -> Callable[[str], str]:
    return mod10 if barcode[2] in "67" else collection_mod11


def _digits(text: str, field: str) -> str:
    plain = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", text))
    if not plain:
        raise BadInput(field, _("Type the line of the slip."), code="required")
    if not re.fullmatch(r"[0-9]+", plain):
        raise BadInput(field, _("The line of a slip has digits only, with dots and spaces between them."))
    return plain


def _length_sentence(digits: str) -> str:
    wanted = 48 if digits[0] == "8" else 47
    sentence = _("The line has %(count)s digits; it should have %(wanted)s.") % {"count": len(digits), "wanted": wanted}
    short = len(digits) < wanted
    return f"{sentence} " + (_("Type it whole, with the zeros at the end.") if short else _("Some were typed twice."))


def _bank_barcode(line: str, field: str) -> str:
    bounds = ((0, 9), (10, 20), (21, 31))
    for number, (start, end) in enumerate(bounds, 1):
        if mod10(line[start:end]) != line[end]:
            raise _wrong_field(field, number, line[start : end + 1])
    return line[:4] + line[32] + line[33:] + line[4:9] + line[10:20] + line[21:31]


def _collection_barcode(line: str, field: str) -> str:
    _check_value_kind(line, field)
    check = _modulus(line)
    blocks = [line[at : at + 12] for at in range(0, 48, 12)]
    for number, block in enumerate(blocks, 1):
        if check(block[:11]) != block[11]:
            raise _wrong_field(field, number, block)
    return "".join(block[:11] for block in blocks)


def _wrong_field(field: str, number: int, digits: str) -> BadInput:
    sentence = _("Field %(number)s of the line is wrong: %(digits)s does not fit its check digit. Compare it.")
    return BadInput(field, sentence % {"number": number, "digits": digits}, code=f"field_{number}")


def _check_value_kind(digits: str, field: str) -> None:
    if digits[2] not in "6789":
        raise BadInput(
            field, _("Field 1 of the line is wrong: its third digit should be 6, 7, 8 or 9."), code="field_1"
        )


def _check_bank(barcode: str, field: str) -> None:
    if barcode[3] != "9":
        raise BadInput(
            field, _("Field 1 of the line is wrong: its fourth digit, the currency, should be 9."), code="field_1"
        )
    if bank_digit(barcode[:4] + barcode[5:]) != barcode[4]:
        sentence = _(
            "Field 4 or 5 of the line is wrong: the single digit does not fit the due date and amount behind it."
        )
        raise BadInput(field, sentence, code="field_5")


def _check_collection(barcode: str, field: str) -> None:
    _check_value_kind(barcode, field)
    if _modulus(barcode)(barcode[:3] + barcode[4:]) != barcode[3]:
        raise BadInput(
            field, _("The general check digit, the fourth, does not fit. Compare the whole line."), code="general"
        )


def _slip(barcode: str, today: dt.date, field: str) -> Slip:
    line = line_of(barcode)
    if barcode[0] == "8":
        amount = money.from_centavos(int(barcode[4:15])) if barcode[2] in "68" else None
        return Slip(barcode, line, amount or None, None)
    amount, factor = money.from_centavos(int(barcode[9:19])), int(barcode[5:9])
    due_on = due_date(factor, today)
    if factor and due_on is None:
        sentence = _("Field 5 of the line is wrong: %(factor)04d stands for no due date of these years.")
        raise BadInput(field, sentence % {"factor": factor}, code="field_5")
    return Slip(barcode, line, amount or None, due_on)
