"""Money is `Decimal` in reais with two decimals; a float never touches it (a test reads this module's syntax tree)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from django.utils.translation import gettext_lazy as _

from farol.core.errors import BadInput

CENT = Decimal("0.01")
# 28 digits, the default, would refuse to quantise sums beyond 10^26; rounding must never depend on the caller's context
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)

_SIGN = re.compile(r"^(?P<before>[-+]?)(?:R\$)?(?P<after>[-+]?)(?P<number>[0-9.,]+)$", re.IGNORECASE)
_PLAIN = re.compile(r"^[0-9]+(?:[.,][0-9]{0,2})?$|^[.,][0-9]{1,2}$")
_GROUPED = re.compile(r"^[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]{0,2})?$|^[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]{1,2}$")
_DOUBTFUL = re.compile(r"^[1-9][0-9]{0,2}[.,][0-9]{3}$")
_TOO_MUCH = Decimal(10) ** 15  # the integer column holds more, but no company's books do


def quantize(value: Decimal) -> Decimal:
    """`value` in whole centavos, half away from zero (R$ 0,005 becomes R$ 0,01); never a negative zero."""
    return _EXACT.plus(value.quantize(CENT, context=_EXACT))


def to_centavos(value: Decimal) -> int:
    """Reais as integer centavos; `ValueError` where `value` is not a whole number of centavos."""
    shifted = value.scaleb(2, context=_EXACT)
    if shifted != shifted.to_integral_value():
        raise ValueError(f"{value} is not a whole number of centavos")
    return int(shifted)


def from_centavos(value: int) -> Decimal:
    """Integer centavos as reais with two decimals."""
    return Decimal(value).scaleb(-2, context=_EXACT)


def parse(text: str) -> Decimal:
    """What a Brazilian typed as an amount: `1.234,56`, `R$ -0,01`, `1234.5`, full-width digits.

    `BadInput("money", …)` where it is not an amount, has fractions of a centavo, or could mean two amounts (`1.234`).
    """
    compact = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("\u2212", "-")
    match = _SIGN.match(compact)
    if not match or (match["before"] and match["after"]):
        raise _not_money(text)
    number = match["number"]
    if _DOUBTFUL.match(number):
        raise _doubtful(text, number)
    if not (_PLAIN.match(number) or _GROUPED.match(number)):
        raise _not_money(text)
    value = quantize(Decimal(_with_decimal_point(number)))
    if value >= _TOO_MUCH:
        raise _not_money(text)
    return _EXACT.minus(value) if "-" in (match["before"], match["after"]) else value


def split(total: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """`total` shared by integer weights, in centavos that add up to it exactly; leftovers go to the largest remainders.

    `ValueError` for no weights, a negative one, or all zeros.
    """
    whole = sum(weights)
    if not whole or min(weights) < 0:
        raise ValueError("weights must be non-negative integers with a positive sum")
    centavos = to_centavos(total)
    sign = -1 if centavos < 0 else 1
    parts = [divmod(abs(centavos) * weight, whole) for weight in weights]
    left = abs(centavos) - sum(share for share, _rest in parts)
    first = set(sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:left])
    return [from_centavos(sign * (share + (i in first))) for i, (share, _rest) in enumerate(parts)]


def _with_decimal_point(number: str) -> str:
    """The last separator is the decimal mark, unless it is one of several equal ones (`1.234.567`)."""
    mark = max(number.rfind("."), number.rfind(","))
    if mark < 0 or number.count(number[mark]) > 1:
        return re.sub(r"[.,]", "", number)
    return re.sub(r"[.,]", "", number[:mark]) + "." + (number[mark + 1 :] or "0")


def _not_money(text: str) -> BadInput:
    return BadInput("money", _("“%(text)s” is not an amount. Write it as 1.234,56.") % {"text": text[:40]})


def _doubtful(text: str, number: str) -> BadInput:
    whole, cents = re.sub(r"[.,]", "", number), re.sub(r"[.,]", ",", number)
    return BadInput(
        "money",
        _("“%(text)s” could mean two amounts. Write %(whole)s,00, or %(cents)s with two decimals.")
        % {"text": text[:40], "whole": whole, "cents": cents[:-1]},
        code="ambiguous",
    )
