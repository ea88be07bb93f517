"""Accounts payable in Tiny. They have no field for our key: it stands as a token at the head of their history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from farol.connectors.tiny.client import Client, packed
from farol.connectors.tiny.envelope import rows, text
from farol.connectors.tiny.orders import MOST_PAGES, made, status
from farol.connectors.tiny.port import Document, ErpRefused, Payable
from farol.connectors.tiny.texts import Fields, day, filled, key, money, one_line
from farol.core import clock

LONGEST_NUMBER = 9
LONGEST_HISTORY = 300


def create(client: Client, payable: Payable) -> Document:
    fields = Fields()
    record = client.write("conta.pagar.incluir.php", **packed("conta", form(payable, fields)))
    return made(record, payable.key, fields)


def token(payable_key: str) -> str:
    """What makes a payable findable; first in the history, so that nothing cuts it off."""
    return f"[FAROL:{key(payable_key)}]"


def form(payable: Payable, fields: Fields) -> dict[str, Any]:
    """The body of `conta.pagar.incluir`, within the sizes of its fields."""
    number = one_line(payable.document)
    # a number that does not fit is written out in the history instead
    long_number = number if len(number) > LONGEST_NUMBER else ""
    history = " ".join(part for part in (token(payable.key), long_number, payable.history) if part)
    return filled(
        {
            "data": day(clock.today()),
            "vencimento": day(payable.due_on),
            "valor": money(payable.amount),
            "nro_documento": "" if long_number else number,
            "cliente": fields.party(payable.supplier, 50),
            "historico": fields.cut(history, LONGEST_HISTORY, _("The history")),
            "categoria": one_line(payable.category),
            "ocorrencia": "U",
        }
    )


def find(client: Client, payable: Payable) -> Document | None:
    """The one payable of that due date that carries the token and is not cancelled."""
    wanted, due = token(payable.key), day(payable.due_on)
    rows = _search(client, data_ini_vencimento=due, data_fim_vencimento=due)
    found = [row for row in rows if wanted in text(row.get("historico")) and not _cancelled(row)]
    if len(found) > 1:
        detail = _("Tiny has %(count)s payables for %(key)s: cancel the ones too many there.")
        raise ErpRefused(detail % {"count": len(found), "key": payable.key})
    return Document(text(found[0].get("id")), "", payable.key) if found else None


def _cancelled(row: dict[str, Any]) -> bool:
    return status(row.get("situacao")) == "cancelled" or text(row.get("situacao")).lower() == "cancelada"


def _search(client: Client, **filters: str) -> Iterator[dict[str, Any]]:
    for page in range(1, MOST_PAGES + 1):
        answer = client.read("contas.pagar.pesquisa.php", **filters, pagina=str(page))
        yield from rows(answer.body, "contas", "conta")
        if page >= answer.pages:
            return
