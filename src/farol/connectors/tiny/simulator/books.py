"""The documents of the made-up Tiny: made, searched, read. State is what the journal says, also after a kill."""

from __future__ import annotations

import datetime as dt
from typing import Any

from farol.connectors.tiny.simulator.journal import Journal, entries
from farol.core import clock

PAGE = 100
LABELS = {"aberto": "Em aberto", "aprovado": "Aprovado", "faturado": "Faturado", "cancelado": "Cancelado"}
LABELS |= {"preparando_envio": "Preparando envio", "enviado": "Enviado", "entregue": "Entregue"}


class Books:
    """Every document with the instant from which searches see it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.documents: dict[int, dict[str, Any]] = {}
        for entry in entries(journal.path):
            self._apply(entry)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [document for document in self.documents.values() if document["kind"] == kind]

    def add(self, kind: str, body: dict[str, Any], lateness: float) -> dict[str, Any]:
        """Store a document; on the disk when this returns."""
        number = len(self.of(kind)) + 1
        now = clock.now()
        entry = {
            "kind": kind,
            "id": 700_000_000 + len(self.documents) + 1,
            "number": str(10_000 + number),
            "key": body.get("numero_pedido_ecommerce", "") if kind == "order" else body.get("historico", ""),
            "at": now.isoformat(),
            "seen_from": (now + dt.timedelta(seconds=lateness)).isoformat(),
            "body": body,
        }
        self._write(entry)
        return entry

    def change(self, document_id: int, **change: Any) -> None:
        self._write({"kind": "change", "id": document_id, "at": clock.now().isoformat(), **change})

    def note(self, service: str, outcome: str, about: str) -> None:
        """That a call was answered so; never with the token or the form."""
        self._journal.add(
            {"kind": "call", "service": service, "outcome": outcome, "about": about, "at": clock.now().isoformat()}
        )

    def _write(self, entry: dict[str, Any]) -> None:
        self._journal.add(entry)
        self._apply(entry)

    def _apply(self, entry: dict[str, Any]) -> None:
        if entry["kind"] in ("order", "payable"):
            self.documents[entry["id"]] = {"situacao": "aberto", "markers": [], **entry}
        elif entry["kind"] == "change":
            document = self.documents[entry["id"]]
            document["situacao"] = entry.get("situacao", document["situacao"])
            document["markers"] += [name for name in entry.get("markers", []) if name not in document["markers"]]

    def seen(self, kind: str) -> list[dict[str, Any]]:
        """What a search finds by now, newest first."""
        now = clock.now().isoformat()
        return [document for document in reversed(self.of(kind)) if document["seen_from"] <= now]


def order_row(document: dict[str, Any]) -> dict[str, Any]:
    body = document["body"]
    return {
        "id": str(document["id"]),
        "numero": int(document["number"]),
        "numero_ecommerce": document["key"],
        "data_pedido": body.get("data_pedido", ""),
        "data_prevista": "",
        "nome": body["cliente"]["nome"],
        "valor": total(body),
        "id_vendedor": "0",
        "nome_vendedor": "",
        "situacao": LABELS.get(document["situacao"], document["situacao"]),
        "codigo_rastreamento": "",
    }


def order_full(document: dict[str, Any]) -> dict[str, Any]:
    body = document["body"]
    names = [entry["marcador"].get("descricao", "") for entry in body.get("marcadores", [])] + document["markers"]
    extra = {
        "cliente": body["cliente"],
        "endereco_entrega": body.get("endereco_entrega", {}),
        "itens": body["itens"],
        "marcadores": [{"marcador": {"id": n, "descricao": name, "cor": "#808080"}} for n, name in enumerate(names)],
        "total_pedido": total(body),
        "obs_interna": body.get("obs_internas", ""),
        "url_rastreamento": "",
        "id_nota_fiscal": "0",
    }
    return {**order_row(document), **extra}


def payable_row(document: dict[str, Any]) -> dict[str, Any]:
    body = document["body"]
    return {
        "id": document["id"],
        "nome_cliente": body["cliente"]["nome"],
        "historico": body.get("historico", ""),
        "numero_doc": body.get("nro_documento", " "),
        "data_vencimento": body["vencimento"],
        "data_emissao": body.get("data", ""),
        "valor": body["valor"],
        "saldo": body["valor"],
        "situacao": document["situacao"],
    }


def total(body: dict[str, Any]) -> str:
    items = [entry["item"] for entry in body.get("itens", [])]
    return f"{sum(float(item['quantidade']) * float(item['valor_unitario']) for item in items):.2f}"
