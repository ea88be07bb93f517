"""Orders in Tiny: made open, with markers and our key; found by the key; read; cancelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.connectors.tiny.client import Client, packed
from farol.connectors.tiny.envelope import decimal, rows, text
from farol.connectors.tiny.port import Document, ErpDoubt, ErpRefused, Order, OrderItem, OrderState
from farol.connectors.tiny.texts import Fields, day, filled, key, kind_of, money, quantity
from farol.core import clock

MOST_PAGES = 20
STATUSES = {
    "aberto": "open",
    "em aberto": "open",
    "dados incompletos": "open",
    "aprovado": "approved",
    "preparando envio": "preparing",
    "faturado": "invoiced",
    "atendido": "invoiced",
    "pronto para envio": "ready",
    "pronto envio": "ready",
    "enviado": "sent",
    "entregue": "delivered",
    "nao entregue": "undelivered",
    "cancelado": "cancelled",
    "cancelado pelo marketplace": "cancelled",
}


def create(client: Client, order: Order) -> Document:
    fields = Fields()
    record = client.write("pedido.incluir.php", **packed("pedido", form(order, fields)))
    return made(record, order.key, fields)


def made(record: dict[str, Any], key: str, fields: Fields) -> Document:
    """The document that a successful answer names; one without an id says nothing certain."""
    if not text(record.get("id")):
        raise ErpDoubt(_("Tiny said yes without naming what it made."))
    return Document(text(record["id"]), text(record.get("numero")), key, tuple(fields.warnings))


def form(order: Order, fields: Fields) -> dict[str, Any]:
    """The body of `pedido.incluir`, within the sizes of its fields."""
    if not order.items:
        raise ErpRefused(_("The order has no items."))
    note = " · ".join(part for part in (_origin(order), order.note) if part)
    return filled(
        {
            "data_pedido": day(clock.today()),
            "cliente": fields.party(order.customer, 30),
            "endereco_entrega": _delivery(order, fields),
            "itens": [{"item": _item(item, fields)} for item in order.items],
            "marcadores": [
                {"marcador": {"descricao": fields.cut(name, 50, _("The marker"))}} for name in order.markers
            ],
            "numero_pedido_ecommerce": key(order.key),
            "situacao": "aberto",
            "obs_internas": fields.cut(note, 100, _("The internal note")),
        }
    )


def _origin(order: Order) -> str:
    return _("Original order %(number)s") % {"number": order.original_order} if order.original_order else ""


def _delivery(order: Order, fields: Fields) -> dict[str, Any]:
    if order.delivery is None:
        return {}
    party = fields.party(order.customer, 60)
    return filled(
        {
            "tipo_pessoa": order.customer.kind or kind_of(party.get("cpf_cnpj", "")),
            "cpf_cnpj": party.get("cpf_cnpj", ""),
            "nome_destinatario": fields.cut(order.delivery.recipient or order.customer.name, 60, _("The recipient")),
            "fone": (order.delivery.phone or order.customer.phone)[:40],
            **fields.address(order.delivery),
        }
    )


def _item(item: OrderItem, fields: Fields) -> dict[str, Any]:
    return filled(
        {
            "codigo": fields.cut(item.sku, 60, _("The SKU")),
            "descricao": fields.cut(item.description or item.sku, 120, _("The description")),
            "unidade": "UN",
            "quantidade": quantity(item.quantity),
            "valor_unitario": money(item.unit_value),
        }
    )


def find(client: Client, wanted: str) -> Document | None:
    """The one order of exactly this key that is not cancelled; two of them are for a person."""
    found = [row for row in _search(client, numeroEcommerce=key(wanted)) if text(row.get("numero_ecommerce")) == wanted]
    standing = [row for row in found if status(row.get("situacao")) != "cancelled"]
    if len(standing) > 1:
        numbers = ", ".join(text(row.get("numero")) for row in standing)
        raise ErpRefused(_("Tiny has several orders for %(key)s: %(numbers)s.") % {"key": wanted, "numbers": numbers})
    return Document(text(standing[0].get("id")), text(standing[0].get("numero")), wanted) if standing else None


def _search(client: Client, **filters: str) -> Iterator[dict[str, Any]]:
    for page in range(1, MOST_PAGES + 1):
        answer = client.read("pedidos.pesquisa.php", **filters, pagina=str(page))
        yield from rows(answer.body, "pedidos", "pedido")
        if page >= answer.pages:
            return


def status(label: Any) -> str:
    """Tiny's label or slug as one of ours; `unknown` for what is new."""
    plain = unicodedata.normalize("NFKD", text(label)).encode("ascii", "ignore").decode().lower()
    return STATUSES.get(plain.replace("_", " "), "unknown")


def get(client: Client, order_id: str) -> OrderState:
    answer = client.read("pedido.obter.php", id=order_id)
    found = rows(answer.body, "pedido", "pedido")
    if not found:
        raise ErpDoubt(_("Tiny's answer could not be read."))
    return _state(found[0])


def _state(row: dict[str, Any]) -> OrderState:
    customer = row.get("cliente")
    return OrderState(
        id=text(row.get("id")),
        number=text(row.get("numero")),
        key=text(row.get("numero_ecommerce")),
        status=status(row.get("situacao")),
        status_label=text(row.get("situacao")),
        customer=text(customer.get("nome")) if isinstance(customer, dict) else "",
        total=decimal(row.get("total_pedido")) or Decimal(0),
        items=tuple(_read_item(item) for item in rows(row, "itens", "item")),
        markers=tuple(text(marker.get("descricao")) for marker in rows(row, "marcadores", "marcador")),
        tracking_code=text(row.get("codigo_rastreamento")),
        tracking_url=text(row.get("url_rastreamento")),
    )


def _read_item(item: dict[str, Any]) -> OrderItem:
    amount, value = decimal(item.get("quantidade")), decimal(item.get("valor_unitario"))
    return OrderItem(text(item.get("codigo")), text(item.get("descricao")), amount or Decimal(0), value or Decimal(0))


def cancel(client: Client, order_id: str) -> None:
    client.write("pedido.alterar.situacao", id=order_id, situacao="cancelado")
