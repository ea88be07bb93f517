"""Products and their stock in Tiny. Stock is one call per product, by Tiny's own id."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from django.core.cache import cache
from django.utils.translation import gettext as _

from farol.connectors.tiny.client import Client
from farol.connectors.tiny.envelope import decimal, rows, text
from farol.connectors.tiny.port import Deposit, ErpMissing, Found, Stock
from farol.core import clock

DAY = 86400


def search(client: Client, words: str) -> list[Found]:
    """The first page (at most 100) of what contains the words in name or code."""
    answer = client.read("produtos.pesquisa.php", pesquisa=words, situacao="A")
    return [
        Found(
            text(row.get("id")),
            text(row.get("codigo")),
            text(row.get("nome")),
            text(row.get("unidade")),
            decimal(row.get("preco")),
        )
        for row in rows(answer.body, "produtos", "produto")
    ]


def stock(client: Client, sku: str) -> Stock:
    """The balance as Tiny adds it up: deposits that do not count are left out of it by Tiny itself."""
    answer = client.read("produto.obter.estoque.php", id=_id_of(client, sku))
    found = (rows(answer.body, "produto", "produto") or [{}])[0]
    deposits = tuple(
        Deposit(
            text(row.get("nome")),
            decimal(row.get("saldo")) or Decimal(0),
            text(row.get("desconsiderar")).upper() != "S",
        )
        for row in rows(found, "depositos", "deposito")
    )
    balance, reserved = decimal(found.get("saldo")), decimal(found.get("saldoReservado"))
    return Stock(sku, balance or Decimal(0), reserved or Decimal(0), clock.now(), deposits)


def _id_of(client: Client, sku: str) -> str:
    """Tiny's id of a SKU, remembered for a day."""
    name = f"tiny-product-{hashlib.sha256(sku.encode()).hexdigest()[:32]}"
    known = cache.get(name)
    if known is None:
        known = next((found.id for found in search(client, sku) if found.sku == sku), None)
        if known is None:
            raise ErpMissing(_("Tiny has no product with the SKU %(sku)s.") % {"sku": sku})
        cache.set(name, known, DAY)
    return str(known)
