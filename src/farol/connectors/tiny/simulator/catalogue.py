"""Products and stock of the made-up Tiny: a function of the seed; a SKU that Farol knows exists here as well."""

from __future__ import annotations

import hashlib
import random
from typing import Any

LINES = ("Módulo", "Sensor", "Chicote", "Controlador", "Bomba", "Farol auxiliar", "Central", "Relé", "Antena", "Painel")
MODELS = ("X1", "X2", "Pro", "Compacto", "Plus", "Max")
DEPOSITS = (("Geral", "N"), ("Garantia", "N"), ("Avariados", "S"))


class Catalogue:
    """Rows as Tiny writes them. Ids follow from the SKU, so that they are the same after a restart."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        chance = random.Random(seed)  # noqa: S311
        self.products = {
            f"{line[:3].upper()}-{model.upper()[:3]}-{number:02}": f"{line} {model} {chance.randint(10, 99)}"
            for number, (line, model) in enumerate((line, model) for line in LINES for model in MODELS)
        }
        self._by_id = {self._id(sku): sku for sku in self.products}

    def search(self, words: str) -> list[dict[str, Any]]:
        """By part of name or code. A text that looks like a whole SKU is one: the demo's products are Tiny's."""
        plain = words.strip().lower()
        found = [sku for sku, name in self.products.items() if plain in sku.lower() or plain in name.lower()]
        if not found and _is_sku(words.strip()):
            found = [words.strip()]
            self.products[found[0]] = f"Produto {found[0]}"
            self._by_id[self._id(found[0])] = found[0]
        return [{"produto": self._row(sku)} for sku in sorted(found)]

    def get(self, product_id: str) -> dict[str, Any] | None:
        sku = self._by_id.get(int(product_id)) if product_id.isdigit() else None
        return self._row(sku) if sku else None

    def stock(self, product_id: str) -> dict[str, Any] | None:
        row = self.get(product_id)
        if row is None:
            return None
        chance = self._chance(str(row["codigo"]))
        balances = [(name, out, chance.randint(0, 80)) for name, out in DEPOSITS]
        deposits = [
            {"deposito": {"nome": name, "desconsiderar": out, "saldo": str(n), "empresa": "matriz"}}
            for name, out, n in balances
        ]
        counted = sum(balance for _name, out, balance in balances if out == "N")
        known = {name: row[name] for name in ("id", "codigo", "nome", "unidade")}
        return {**known, "saldo": counted, "saldoReservado": str(chance.randint(0, 5)), "depositos": deposits}

    def _row(self, sku: str) -> dict[str, Any]:
        price = f"{self._chance(sku).randint(1990, 199900) / 100:.2f}"
        code: Any = int(sku) if sku.isdigit() and not sku.startswith("0") else sku
        names = {"id": self._id(sku), "codigo": code, "nome": self.products[sku], "preco": price, "unidade": "UN"}
        return {**names, "gtin": "", "tipoVariacao": "N", "situacao": "A"}

    def _id(self, sku: str) -> int:
        return 300_000_000 + int(hashlib.sha256(sku.encode()).hexdigest()[:7], 16)

    def _chance(self, sku: str) -> random.Random:
        return random.Random(f"{self.seed} {sku}")  # noqa: S311


def _is_sku(words: str) -> bool:
    return len(words) >= 4 and any(c.isdigit() for c in words) and words.replace("-", "").replace("_", "").isalnum()
