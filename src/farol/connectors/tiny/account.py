"""The account of the ERP that the settings name, behind the port."""

from __future__ import annotations

from django.utils.translation import gettext as _

from farol.connectors.tiny import orders, payables, products
from farol.connectors.tiny.client import Client, client
from farol.connectors.tiny.port import Document, ErpGateway, Found, Order, OrderState, Payable, Stock


class TinyGateway:
    """Tiny, API v2."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create_order(self, order: Order) -> Document:
        return orders.create(self._client, order)

    def find_order(self, key: str) -> Document | None:
        return orders.find(self._client, key)

    def get_order(self, order_id: str) -> OrderState:
        return orders.get(self._client, order_id)

    def cancel_order(self, order_id: str) -> None:
        orders.cancel(self._client, order_id)

    def create_payable(self, payable: Payable) -> Document:
        return payables.create(self._client, payable)

    def find_payable(self, payable: Payable) -> Document | None:
        return payables.find(self._client, payable)

    def search_products(self, text: str) -> list[Found]:
        return products.search(self._client, text)

    def stock(self, sku: str) -> Stock:
        return products.stock(self._client, sku)

    def check(self) -> str:
        self._client.read("produtos.pesquisa.php", pesquisa="a")
        allowance = self._client.limiter.per_minute()
        return _("Tiny answers, and allows %(count)s calls a minute.") % {"count": allowance}


def account(*, background: bool = False, seconds: float | None = None) -> ErpGateway:
    """`ErpShut`, with what to do, when no token is set."""
    return TinyGateway(client(background=background, seconds=seconds))
