"""The services of the made-up Tiny: form in, envelope out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from farol.connectors.tiny.simulator import checking
from farol.connectors.tiny.simulator.books import PAGE, Books, order_full, order_row, payable_row
from farol.connectors.tiny.simulator.catalogue import Catalogue

Form = dict[str, str]
Reply = dict[str, Any]


class Wrong(Exception):
    """An error envelope."""

    def __init__(self, code: int, *texts: str, record: bool = False, processing: int = 2) -> None:
        super().__init__(code)
        self.code, self.texts, self.record, self.processing = code, texts, record, processing

    def envelope(self) -> Reply:
        errors = [{"erro": text} for text in self.texts]
        if self.record:
            row = {"sequencia": "1", "status": "Erro", "codigo_erro": str(self.code), "erros": errors}
            return {"status_processamento": "2", "status": "Erro", "registros": [{"registro": row}]}
        head = {"status_processamento": self.processing, "status": "Erro"}
        return {**head, "codigo_erro": self.code, "erros": errors}


class Services:
    """What can be asked, by the name in the address."""

    def __init__(self, books: Books, catalogue: Catalogue, lateness: Callable[[], float]) -> None:
        self._books, self._catalogue, self._lateness = books, catalogue, lateness
        self.reads: dict[str, Callable[[Form], Reply]] = {
            "pedidos.pesquisa.php": self._find_orders,
            "pedido.obter.php": self._order,
            "contas.pagar.pesquisa.php": self._find_payables,
            "conta.pagar.obter.php": self._payable,
            "produtos.pesquisa.php": self._find_products,
            "produto.obter.php": self._product,
            "produto.obter.estoque.php": self._stock,
        }
        self.writes: dict[str, Callable[[Form], Callable[[], Reply]]] = {
            "pedido.incluir.php": self._add_order,
            "conta.pagar.incluir.php": self._add_payable,
            "pedido.alterar.situacao": self._change_order,
            "pedido.marcadores.incluir": self._mark_order,
        }

    def _find_orders(self, form: Form) -> Reply:
        filters = [name for name in ("numero", "cliente", "cpf_cnpj", "numeroEcommerce", "situacao") if form.get(name)]
        if not filters:
            raise Wrong(10, "Informe ao menos um filtro", processing=1)
        found = [row for row in map(order_row, self._books.seen("order")) if _order_fits(row, form)]
        return _page("pedidos", [{"pedido": row} for row in found], form)

    def _order(self, form: Form) -> Reply:
        return {"pedido": order_full(self._document("order", form))}

    def _document(self, kind: str, form: Form, name: str = "id") -> dict[str, Any]:
        wanted = form.get(name, "")
        document = self._books.documents.get(int(wanted)) if wanted.isdigit() else None
        if document is None or document["kind"] != kind:
            raise Wrong(32, "Registro não localizado")
        return document

    def _find_payables(self, form: Form) -> Reply:
        first, last = _day(form.get("data_ini_vencimento")), _day(form.get("data_fim_vencimento"))
        if not (first and last) and not form.get("numero_doc") and not form.get("nome_cliente"):
            raise Wrong(10, "Informe ao menos um filtro", processing=1)
        found = []
        for row in map(payable_row, self._books.seen("payable")):
            due = _day(row["data_vencimento"])
            inside = not (first and last) or (due is not None and first <= due <= last)
            if inside and form.get("numero_doc", "") in str(row["numero_doc"]):
                found.append(row)
        return _page("contas", found, form)

    def _payable(self, form: Form) -> Reply:
        document = self._document("payable", form)
        return {"conta": {**document["body"], **payable_row(document)}}

    def _find_products(self, form: Form) -> Reply:
        if not form.get("pesquisa"):
            raise Wrong(10, "Parâmetro pesquisa não informado", processing=1)
        return _page("produtos", self._catalogue.search(form["pesquisa"]), form)

    def _product(self, form: Form) -> Reply:
        return {"produto": _there(self._catalogue.get(form.get("id", "")))}

    def _stock(self, form: Form) -> Reply:
        return {"produto": _there(self._catalogue.stock(form.get("id", "")))}

    def _add_order(self, form: Form) -> Callable[[], Reply]:
        return self._addition("order", _packed(form, "pedido"), checking.order)

    def _add_payable(self, form: Form) -> Callable[[], Reply]:
        return self._addition("payable", _packed(form, "conta"), checking.payable)

    def _addition(
        self, kind: str, body: dict[str, Any], check: Callable[[dict[str, Any]], list[str]]
    ) -> Callable[[], Reply]:
        wrong = check(body)
        if wrong:
            raise Wrong(31, *wrong, record=True)

        def store() -> Reply:
            document = self._books.add(kind, body, self._lateness())
            row = {"sequencia": "1", "status": "OK", "id": document["id"]}
            return {"registros": {"registro": row | ({"numero": document["number"]} if kind == "order" else {})}}

        return store

    def _change_order(self, form: Form) -> Callable[[], Reply]:
        document = self._document("order", form)
        return lambda: self._changed(document["id"], situacao=form.get("situacao", ""))

    def _mark_order(self, form: Form) -> Callable[[], Reply]:
        document = self._document("order", form, "idPedido")
        entries = json.loads(form.get("marcadores", "[]"))
        names = [entry["marcador"]["descricao"] for entry in entries]
        return lambda: self._changed(document["id"], markers=names)

    def _changed(self, document_id: int, **change: Any) -> Reply:
        self._books.change(document_id, **change)
        return {}


def _packed(form: Form, name: str) -> dict[str, Any]:
    if name not in form:
        raise Wrong(10, f"Parâmetro {name} não informado", processing=1)
    try:
        body = json.loads(form[name])[name]
    except (ValueError, KeyError, TypeError) as error:
        raise Wrong(4, "Erro no processamento do JSON") from error
    if not isinstance(body, dict):
        raise Wrong(4, "Erro no processamento do JSON")
    return body


def _there(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise Wrong(32, "Registro não localizado")
    return found


def _order_fits(row: dict[str, Any], form: Form) -> bool:
    number, key, name = form.get("numero", ""), form.get("numeroEcommerce", ""), form.get("cliente", "")
    # by prefix, as the vendor does not promise an exact search
    return (
        (not number or str(row["numero"]) == number)
        and str(row["numero_ecommerce"]).startswith(key)
        and name.lower() in row["nome"].lower()
    )


def _page(name: str, found: list[dict[str, Any]], form: Form) -> Reply:
    page = int(form.get("pagina") or 1)
    pages = -(-len(found) // PAGE)
    if not found:
        raise Wrong(20, "A Consulta não retornou registros")
    if page > pages:
        raise Wrong(23, "A página que você está tentando obter não existe")
    return {"pagina": page, "numero_paginas": str(pages), name: found[(page - 1) * PAGE : page * PAGE]}


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.datetime.strptime(text or "", "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None
