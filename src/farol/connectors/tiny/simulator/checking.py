"""What the made-up Tiny finds wrong with a document (its code 31): missing fields, sizes, an unknown city."""

from __future__ import annotations

import re
from typing import Any

from farol.core.documents import cnpj, cpf

PARTY = {"codigo": 30, "nome_fantasia": 60, "endereco": 50, "numero": 10, "complemento": 50, "bairro": 30, "cep": 10}
PARTY |= {"cidade": 30, "uf": 30, "fone": 40, "email": 50, "cpf_cnpj": 18, "nome_destinatario": 60}
ITEM = {"codigo": 60, "descricao": 120, "unidade": 3}
# the real table holds every municipality; here a name is unknown when it is one of these or holds a figure
UNKNOWN_CITIES = {"atlantida do norte", "cidade inexistente", "sao paolo"}
DATE = re.compile(r"\d{2}/\d{2}/\d{4}")
DECIMAL = re.compile(r"\d+(\.\d+)?")


def order(body: dict[str, Any]) -> list[str]:
    items = [entry.get("item", {}) for entry in body.get("itens", [])]
    wrong = _party(body.get("cliente"), 30) + _sizes(body.get("endereco_entrega") or {}, PARTY)
    wrong += _city(body.get("endereco_entrega") or {})
    wrong += [] if items else ["O pedido deve ter ao menos um item"]
    for item in items:
        wrong += _sizes(item, ITEM) + _amounts(item, "quantidade", "valor_unitario")
        wrong += [] if item.get("codigo") or item.get("id_produto") else ["Item sem código de produto"]
    return wrong + _sizes(body, {"obs": 100, "obs_internas": 100, "numero_pedido_ecommerce": 30})


def payable(body: dict[str, Any]) -> list[str]:
    wrong = _party(body.get("cliente"), 50) + _amounts(body, "valor")
    wrong += [] if DATE.fullmatch(str(body.get("vencimento", ""))) else ["Informe a data de vencimento"]
    return wrong + _sizes(body, {"nro_documento": 9, "historico": 300})


def _party(party: Any, name_size: int) -> list[str]:
    if not isinstance(party, dict) or not party.get("nome"):
        return ["Informe o nome do cliente"]
    document = str(party.get("cpf_cnpj", ""))
    good = not document or cpf.is_valid(document) or cnpj.is_valid(document)
    wrong = [] if good else ["CPF/CNPJ inválido"]
    return wrong + _sizes(party, {**PARTY, "nome": name_size}) + _city(party)


def _city(party: dict[str, Any]) -> list[str]:
    city = str(party.get("cidade", ""))
    unknown = city.lower() in UNKNOWN_CITIES or any(letter.isdigit() for letter in city)
    return [f"A cidade {city} não foi encontrada"] if unknown else []


def _sizes(body: dict[str, Any], sizes: dict[str, int]) -> list[str]:
    return [f"O campo {name} excede {n} caracteres" for name, n in sizes.items() if len(str(body.get(name, ""))) > n]


def _amounts(body: dict[str, Any], *names: str) -> list[str]:
    return [f"Valor inválido em {name}" for name in names if not DECIMAL.fullmatch(str(body.get(name, "")))]
