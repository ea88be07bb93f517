"""What Tiny's fields hold: cut to size with a warning, days and figures in its own spelling."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from farol.connectors.tiny.port import Address, ErpRefused, Party

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_NOT_DIGITS = re.compile(r"\D")
LONGEST_KEY = 30
NO_NUMBER = "S/N"


class Fields:
    """Collects the fields of one form and the warnings of what had to be cut."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def cut(self, value: str, size: int, label: Any) -> str:
        """`value` on one line, at most `size` characters."""
        plain = one_line(value)
        if len(plain) <= size:
            return plain
        short = plain[:size].rstrip()
        words = {"field": label, "size": size, "text": short}
        self.warnings.append(_("%(field)s was cut to the %(size)s characters that Tiny holds: “%(text)s”.") % words)
        return short

    def party(self, party: Party, name_size: int) -> dict[str, Any]:
        """`cliente` of an order or a payable. The contact that Tiny has already is never overwritten."""
        document = re.sub(r"[^0-9A-Za-z]", "", party.document).upper()
        fields = {
            "nome": self.cut(party.name, name_size, _("The name")),
            "tipo_pessoa": party.kind or kind_of(document),
            "cpf_cnpj": document,
            "fone": one_line(party.phone)[:40],
            "email": one_line(party.email)[:50] if len(party.email) <= 50 else "",
            "atualizar_cliente": "N",
            **(self.address(party.address) if party.address else {}),
        }
        if len(one_line(party.name)) > name_size:
            fields["nome_fantasia"] = one_line(party.name)[:60].rstrip()
        return filled(fields)

    def address(self, address: Address) -> dict[str, str]:
        return {
            "endereco": self.cut(address.street, 50, _("The street")),
            "numero": self.cut(address.number, 10, _("The house number")) or NO_NUMBER,
            "complemento": self.cut(address.complement, 50, _("The complement")),
            "bairro": self.cut(address.district, 30, _("The district")),
            "cep": _NOT_DIGITS.sub("", address.postcode)[:8],
            "cidade": self.cut(address.city, 30, _("The city")),
            "uf": address.state.strip().upper()[:2],
        }


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: an empty field could overwrite a default of Tiny."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], {})}


def one_line(value: str) -> str:
    return re.sub(r" {2,}", " ", _CONTROL.sub(" ", value)).strip()


def kind_of(document: str) -> str:
    """F for a CPF, J for a CNPJ; empty where it is neither."""
    return {11: "F", 14: "J"}.get(len(document), "")


def key(value: str) -> str:
    """`ErpRefused` for a key that Tiny might change: it would not be found again."""
    if not (value.isascii() and value.isprintable() and value.strip() == value and 0 < len(value) <= LONGEST_KEY):
        raise ErpRefused(_("The key “%(key)s” does not fit Tiny: at most 30 plain characters.") % {"key": value})
    return value


def day(value: dt.date) -> str:
    return f"{value:%d/%m/%Y}"


def money(value: Decimal) -> str:
    return f"{value:.2f}"


def quantity(value: Decimal) -> str:
    return f"{value.normalize():f}"
