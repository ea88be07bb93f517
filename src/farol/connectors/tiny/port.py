"""What Farol asks of an ERP, whichever version or vendor answers: documents, products, stock.

All values are plain and go into JSON (`as_json`, `from_json`), so that an outbox message can carry them whole.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, Protocol, Self

from farol.core.errors import Unavailable


class Plain:
    """A dataclass that goes to JSON and comes back: money and quantities as text, days as ISO."""

    def as_json(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in asdict(self).items()}  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """`KeyError`/`TypeError` when something required is missing; unknown names are left out."""
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        return cls(**{name: value for name, value in data.items() if name in known})


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


@dataclass(frozen=True)
class Address(Plain):
    """`postcode` and `phone` in any punctuation; `state` is the UF; `recipient` where it is not the customer."""

    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    recipient: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Party(Plain):
    """A customer or a supplier. `kind`: F person, J company, E abroad; empty: by the length of the document."""

    name: str
    document: str = ""
    kind: str = ""
    email: str = ""
    phone: str = ""
    address: Address | None = None

    def __post_init__(self) -> None:
        _become(self, "address", Address)


@dataclass(frozen=True)
class OrderItem(Plain):
    sku: str
    description: str
    quantity: Decimal
    unit_value: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        _number(self, "quantity", "unit_value")


@dataclass(frozen=True)
class Order(Plain):
    """`key` identifies it for ever (≤ 30 ASCII characters): no two orders may share one. `delivery` only where it
    is not the customer's own address.
    """

    key: str
    customer: Party
    items: tuple[OrderItem, ...]
    markers: tuple[str, ...] = ()
    delivery: Address | None = None
    original_order: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _become(self, "customer", Party)
        _become(self, "delivery", Address)
        items = tuple(OrderItem.from_json(item) if isinstance(item, dict) else item for item in self.items)
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "markers", tuple(self.markers))


@dataclass(frozen=True)
class Payable(Plain):
    """A debt to a supplier. `category` must exist in the ERP; `document` is the supplier's number."""

    key: str
    supplier: Party
    amount: Decimal
    due_on: dt.date
    category: str = ""
    document: str = ""
    history: str = ""

    def __post_init__(self) -> None:
        _become(self, "supplier", Party)
        _number(self, "amount")
        _day(self, "due_on")


@dataclass(frozen=True)
class Document(Plain):
    """What the ERP holds under a key: `id` is its own, `number` what people call it (empty for payables)."""

    id: str
    number: str = ""
    key: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderState(Plain):
    """An order as the ERP has it now. `status`: open approved preparing invoiced ready sent delivered undelivered
    cancelled unknown; `status_label` as the ERP words it.
    """

    id: str
    number: str
    key: str
    status: str
    status_label: str
    customer: str
    total: Decimal
    items: tuple[OrderItem, ...] = ()
    markers: tuple[str, ...] = ()
    tracking_code: str = ""
    tracking_url: str = ""


@dataclass(frozen=True)
class Found(Plain):
    """A product of a search."""

    id: str
    sku: str
    name: str
    unit: str = ""
    price: Decimal | None = None


@dataclass(frozen=True)
class Deposit(Plain):
    """Part of a stock; `counts` is False for one that the ERP leaves out of the balance."""

    name: str
    balance: Decimal
    counts: bool = True


@dataclass(frozen=True)
class Stock(Plain):
    """`balance` as the ERP adds it up, of which `reserved` is promised already; read `at` that instant."""

    sku: str
    balance: Decimal
    reserved: Decimal
    at: dt.datetime
    deposits: tuple[Deposit, ...] = field(default_factory=tuple)

    @property
    def available(self) -> Decimal:
        return self.balance - self.reserved


class ErpError(Unavailable):
    """The ERP did not do what was asked: `detail` says what happened and what to do."""

    code = "erp_error"


class ErpShut(ErpError):
    """Nobody gets in (token, plan, account blocked): nothing was done; a person must change something."""

    code = "erp_shut"


class ErpBusy(ErpError):
    """Not now: nothing was done; `after` seconds say when to ask again."""

    code = "erp_busy"

    def __init__(self, detail: Any, *, after: float = 60.0) -> None:
        super().__init__(detail)
        self.after = after


class ErpRefused(ErpError):
    """The ERP does not accept this document or question as it is: nothing was done; correct it."""

    code = "erp_refused"
    status = 409


class ErpMissing(ErpRefused):
    """The ERP has no such record."""

    code = "erp_missing"
    status = 404


class ErpDoubt(ErpError):
    """It is unknown whether the ERP did what was asked: search before asking again."""

    code = "erp_doubt"


class ErpGateway(Protocol):
    """One account of one ERP. Every call may raise `ErpError`; no write is ever repeated by the gateway itself."""

    def create_order(self, order: Order) -> Document:
        """Make the order; its id and number. Ask `find_order` first."""

    def find_order(self, key: str) -> Document | None:
        """The order of exactly this key that is not cancelled; the ERP's index may be late by minutes."""

    def get_order(self, order_id: str) -> OrderState:
        """`ErpMissing`: no such order."""

    def cancel_order(self, order_id: str) -> None:
        """May be repeated."""

    def create_payable(self, payable: Payable) -> Document:
        """Make the account payable; its id. Ask `find_payable` first."""

    def find_payable(self, payable: Payable) -> Document | None:
        """The payable that carries the key of this one."""

    def search_products(self, text: str) -> list[Found]:
        """By name, code or part of them; at most one page."""

    def stock(self, sku: str) -> Stock:
        """`ErpMissing`: no product with exactly this SKU."""

    def check(self) -> str:
        """One harmless question; what the ERP answered, in words."""


def _become(holder: Any, name: str, kind: Any) -> None:
    value = getattr(holder, name)
    if isinstance(value, dict):
        object.__setattr__(holder, name, kind.from_json(value) if value else None)


def _number(holder: Any, *names: str) -> None:
    for name in names:
        value = getattr(holder, name)
        if not isinstance(value, Decimal):
            object.__setattr__(holder, name, Decimal(str(value)))


def _day(holder: Any, name: str) -> None:
    value = getattr(holder, name)
    if isinstance(value, str):
        object.__setattr__(holder, name, dt.date.fromisoformat(value))
