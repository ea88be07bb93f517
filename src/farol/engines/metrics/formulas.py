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

    daily: ClassVar[bool] = True
    """False if it is not what its days add up to, so that nothing can be expected of it day by day."""

    def __post_init__(self) -> None:
        # sums are the keys of every row's amounts: hashing four fields each time would cost as much as the query
        object.__setattr__(self, "_hash", hash((self.column, self.where, self.segment, self.beyond_top)))

    def __hash__(self) -> int:
        return self.__dict__["_hash"]

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


@dataclass(frozen=True)
class Ranked(Sum):
    """One of the values of `column` in order, from which a quantile is taken: the one at or below (`low`) and the one
    at or above (`high`) place (n − 1)·q, and n itself (`count`); unknown values have no place. `q` is a fraction."""

    q: tuple[int, int] = (1, 2)
    part: str = "low"
    additive: ClassVar[bool] = False
    daily: ClassVar[bool] = False


@dataclass(frozen=True)
class Last(Sum):
    """Σ column on the last day with data of the group's period: a state (open deals), which days do not add up to."""

    additive: ClassVar[bool] = False
    daily: ClassVar[bool] = False


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
    """`scale` × numerator / (denominator × `per`), both summed first; nothing over a zero or unknown denominator."""

    numerator: Sum
    denominator: Sum
    scale: int = 1
    per: int = 1
    additive: bool = field(default=False, init=False)

    @property
    def factor(self) -> Decimal:
        """What numerator / denominator is multiplied by."""
        return Decimal(self.scale) / self.per

    @property
    def sums(self) -> tuple[Sum, ...]:
        return self.numerator, self.denominator

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        return divide(group[self.numerator], group[self.denominator], self.scale, self.per)


@dataclass(frozen=True)
class Gain:
    """`scale` × (plus − minus) / over: what came back for what was spent; nothing where a part is unknown or `over` is
    zero."""

    plus: Sum
    minus: Sum
    over: Sum
    scale: int = 100
    additive: bool = field(default=False, init=False)

    @property
    def sums(self) -> tuple[Sum, ...]:
        return tuple(dict.fromkeys((self.plus, self.minus, self.over)))

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        plus, minus = group[self.plus], group[self.minus]
        return None if plus is None or minus is None else divide(plus - minus, group[self.over], self.scale)


@dataclass(frozen=True)
class Quantile:
    """The value with the part `q` (a fraction: median (1, 2)) of the known values below it, times `scale` / `per`.

    Between two values it is interpolated linearly, as SQL's `percentile_cont` does.
    """

    column: str
    q: tuple[int, int]
    where: str = ""
    scale: int = 1
    per: int = 1
    additive: bool = field(default=False, init=False)

    @property
    def sums(self) -> tuple[Sum, ...]:
        return tuple(Ranked(self.column, self.where, q=self.q, part=part) for part in ("low", "high", "count"))

    def value(self, group: Amounts, total: Amounts) -> Decimal | None:
        low, high, count = (group[item] for item in self.sums)
        if not count:
            return None
        numerator, denominator = self.q
        beyond = (int(count) - 1) * numerator % denominator
        return divide(low * denominator + (high - low) * beyond, denominator, self.scale, self.per)


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


def divide(
    numerator: int | Decimal | None, denominator: int | Decimal | None, scale: int = 1, per: int = 1
) -> Decimal | None:
    """scale × numerator / (denominator × per) to 28 digits, or None where there is nothing to divide (by)."""
    if numerator is None or not denominator:
        return None
    return Decimal(numerator * scale) / (denominator * per)


def all_sums(formulas: Sequence[Formula]) -> tuple[Sum, ...]:
    """The distinct sums of several formulas, in the order of first use."""
    return tuple(dict.fromkeys(s for formula in formulas for s in formula.sums))
