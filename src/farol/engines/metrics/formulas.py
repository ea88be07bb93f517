"""How a measure is computed: integer sums that the database adds up, then one exact expression over them.

Every formula names the sums it needs (`sums`) and turns them into a value (`value`): centavos for money, a count, or
percent. Ratios are divided as Decimal after summing. `None` stands for "no data", never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Protocol


@dataclass(frozen=True)
class Sum:
    """Σ column over the rows that meet `where` (a condition in plain SQL written in the model, never by a user).

    `beyond_top` = n leaves out the n largest groups of `segment` (dimension names) within each group of the query.
    As a formula it is an additive measure, unless `beyond_top` is given.
    """

    column: str
    where: str = ""
    segment: tuple[str, ...] = ()
    beyond_top: int = 0

    def __post_init__(self) -> None:
        # sums are the keys of every row's amounts: hashing four fields each time would cost as much as the query
        object.__setattr__(self, "_hash", hash((self.column, self.where, self.segment, self.beyond_top)))

    def __hash__(self) -> int:
        return self.__dict__["_hash"]  # type: ignore[no-any-return]

    @property
    def sums(self) -> tuple[Sum, ...]:
        return (self,)

    @property
    def additive(self) -> bool:
        return not self.beyond_top

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        amount = group[self]
        return None if amount is None else Decimal(amount)


@dataclass(frozen=True)
class Newcomers(Sum):
    """The members of `column` (merchants) whose first day lies in the period and is at least `UNTIL` days old; with
    `kept`, those of them seen again from day `AFTER` + 1 to day `UNTIL`."""

    kept: bool = False
    AFTER: ClassVar[int] = 30
    UNTIL: ClassVar[int] = 60


Amounts = Mapping[Sum, Any]
"""Each sum as an integer, as Decimal where it is an expected value, or None."""


class Formula(Protocol):
    """`value` takes the sums of one group and those of the whole query (the same object where nothing is shared)."""

    @property
    def sums(self) -> tuple[Sum, ...]: ...

    @property
    def additive(self) -> bool: ...

    def value(self, group: Amounts, total: Amounts) -> Decimal | None: ...


@dataclass(frozen=True)
class Difference:
    """`plus` − `minus`; nothing while either is unknown."""

    plus: Sum
    minus: Sum
    additive: bool = field(default=True, init=False)

    @property
    def sums(self) -> tuple[Sum, ...]:
        return self.plus, self.minus

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        plus, minus = group[self.plus], group[self.minus]
        return None if plus is None or minus is None else Decimal(plus - minus)


@dataclass(frozen=True)
class Ratio:
    """`scale` × numerator / denominator, both summed first; nothing over a zero or unknown denominator."""

    numerator: Sum
    denominator: Sum
    scale: int = 1
    additive: bool = field(default=False, init=False)

    @property
    def sums(self) -> tuple[Sum, ...]:
        return self.numerator, self.denominator

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        return divide(group[self.numerator], group[self.denominator], self.scale)


@dataclass(frozen=True)
class Share:
    """The group's part of the whole query, in percent."""

    of: Sum
    additive: bool = field(default=False, init=False)

    @property
    def sums(self) -> tuple[Sum, ...]:
        return (self.of,)

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        return divide(group[self.of], total[self.of], 100)


def divide(numerator: int | Decimal | None, denominator: int | Decimal | None, scale: int = 1) -> Decimal | None:
    """scale × numerator / denominator to 28 digits, or None where there is nothing to divide (by)."""
    if numerator is None or not denominator:
        return None
    return Decimal(numerator * scale) / denominator


def all_sums(formulas: Sequence[Formula]) -> tuple[Sum, ...]:
    """The distinct sums of several formulas, in the order of first use."""
    return tuple(dict.fromkeys(s for formula in formulas for s in formula.sums))
