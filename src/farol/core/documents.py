"""CPF and CNPJ, the latter also with letters (new registrations since July 2026 have them; old numbers stay).

Documents are strings: a number would lose leading zeros and could not hold letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from farol.core.errors import BadInput

_PUNCTUATION = re.compile(r"[\s./\-\u2010-\u2015\u2212]")


@dataclass(frozen=True)
class Document:
    """One kind of document with two mod-11 check digits at its end."""

    name: str
    shape: re.Pattern[str]
    weights: tuple[int, ...]
    picture: str
    mask_picture: str
    wrong: Any

    def normalize(self, text: str) -> str:
        """`text` without punctuation and spaces, in upper case and plain digits; not necessarily valid."""
        return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text)).upper()

    def is_valid(self, text: str) -> bool:
        """True for the right shape and check digits; repetitions such as 111.111.111-11 are refused though they fit."""
        plain = self.normalize(text)
        if not self.shape.match(plain) or len(set(plain)) == 1:
            return False
        return plain[-2:] == self.check_digits(plain[:-2])

    def validate(self, text: str, field: str = "") -> str:
        """The normalised document, or `BadInput` on `field`."""
        if not self.is_valid(text):
            raise BadInput(field or self.name, self.wrong)
        return self.normalize(text)

    def check_digits(self, base: str) -> str:
        """The two check digits of everything before them."""
        first = _digit(base, self.weights[1:])
        return first + _digit(base + first, self.weights)

    def format(self, text: str) -> str:
        """With its punctuation; what does not have the right shape comes back as it is."""
        plain = self.normalize(text)
        return _draw(self.picture, plain) if self.shape.match(plain) else text

    def mask(self, text: str) -> str:
        """For screens: the middle only, enough to tell two people apart and not enough to use."""
        plain = self.normalize(text)
        return _draw(self.mask_picture, plain) if self.shape.match(plain) else "•" * len(text)


def _digit(base: str, weights: Sequence[int]) -> str:
    rest = sum((ord(char) - 48) * weight for char, weight in zip(base, weights, strict=True)) % 11
    return "0" if rest < 2 else str(11 - rest)


def _draw(picture: str, plain: str) -> str:
    """`#` takes the next character, `*` hides it, anything else is written as it is."""
    left = iter(plain)
    return "".join(next(left) if mark == "#" else (next(left), mark)[1] if mark == "*" else mark for mark in picture)


cpf = Document(
    name="cpf",
    shape=re.compile(r"\A[0-9]{11}\Z"),
    weights=(11, 10, 9, 8, 7, 6, 5, 4, 3, 2),
    picture="###.###.###-##",
    mask_picture="***.###.###-**",
    wrong=_("This CPF is not valid. Check the digits."),
)
cnpj = Document(
    name="cnpj",
    shape=re.compile(r"\A[0-9A-Z]{12}[0-9]{2}\Z"),
    weights=(6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2),
    picture="##.###.###/####-##",
    mask_picture="**.###.###/****-**",
    wrong=_("This CNPJ is not valid. Check the letters and digits."),
)
