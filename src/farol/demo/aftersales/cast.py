"""Made-up people, companies and addresses: names drawn from common ones, documents that only satisfy the arithmetic."""

from __future__ import annotations

import random
import struct
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from farol.core import documents
from farol.core.names import words

GIVEN = (
    *(
        "Ana",
        "Bruno",
        "Carla",
        "Daniel",
        "Eduarda",
        "Fábio",
        "Gabriela",
        "Heitor",
        "Isabela",
        "João",
        "Karina",
        "Lucas",
    ),
    *("Mariana", "Nelson", "Olívia", "Paulo", "Quitéria", "Rafael", "Simone", "Tiago", "Úrsula", "Vinícius", "Wagner"),
    *("Yasmin", "Zélia", "Antônio", "Beatriz", "Cláudio", "Débora", "Emerson", "Fernanda", "Gustavo", "Helena"),
)
FAMILY = (
    *("Almeida", "Barbosa", "Cardoso", "Dias", "Esteves", "Ferreira", "Gomes", "Henriques", "Inácio", "Justino"),
    *("Lacerda", "Macedo", "Nascimento", "Oliveira", "Pacheco", "Queirós", "Ribeiro", "Salgado", "Teles", "Uchoa"),
    *("Vasconcelos", "Xavier", "Zanetti", "Moura", "Peixoto", "Brandão", "Siqueira", "Camargo", "Furtado", "Rangel"),
)
TRADES = (
    *("Auto Elétrica", "Oficina", "Comércio de Peças", "Distribuidora", "Transportes", "Mecânica", "Acessórios"),
    *("Refrigeração", "Instaladora", "Atacado"),
)
PLACES = (
    *("Aurora", "Boa Vista", "Central", "do Vale", "Estrela", "Horizonte", "Ipê", "Jacarandá", "Litoral", "Mirante"),
    *("Norte Sul", "Paulista", "Planalto", "Serra Azul", "União", "Vitória"),
)
# city, UF, first digits of its postcodes, area code
CITIES = (
    ("São Paulo", "SP", "010", "11"),
    ("Campinas", "SP", "130", "19"),
    ("Rio de Janeiro", "RJ", "200", "21"),
    ("Belo Horizonte", "MG", "301", "31"),
    ("Curitiba", "PR", "800", "41"),
    ("Florianópolis", "SC", "880", "48"),
    ("Porto Alegre", "RS", "900", "51"),
    ("Salvador", "BA", "400", "71"),
    ("Recife", "PE", "500", "81"),
    ("Fortaleza", "CE", "600", "85"),
    ("Goiânia", "GO", "740", "62"),
    ("Brasília", "DF", "700", "61"),
    ("Manaus", "AM", "690", "92"),
)
STREETS = ("Rua das Acácias", "Avenida Brasil", "Rua do Comércio", "Rua Sete de Setembro", "Alameda dos Ipês", "Rua XV")
DOMAIN = "exemplo.example"


def person(rng: random.Random) -> dict[str, Any]:
    """Values of a customer's form."""
    name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)} {rng.choice(FAMILY)}"
    return {"kind": "person", "name": name, "document": cpf(rng), **_reached(rng, name)}


def company(rng: random.Random) -> dict[str, Any]:
    name = f"{rng.choice(TRADES)} {rng.choice(PLACES)} {rng.choice(('Ltda', 'ME', 'S.A.'))}"
    return {"kind": "company", "name": name, "document": cnpj(rng, letters=rng.random() < 0.35), **_reached(rng, name)}


def _reached(rng: random.Random, name: str) -> dict[str, Any]:
    city, state, postcode, area = rng.choice(CITIES)
    user = ".".join(words(name)[:2]).lower()
    address = {
        "label": "Entrega",
        "street": rng.choice(STREETS),
        "number": str(rng.randint(10, 2990)),
        "district": rng.choice(("Centro", "Jardim Europa", "Vila Nova", "Boa Esperança")),
        "city": city,
        "state": state,
        "postcode": f"{postcode}{rng.randint(0, 99999):05d}",
    }
    # no operator gives out numbers of this range
    phone = f"+55{area}90000{rng.randint(0, 9999):04d}"
    return {"email": f"{user}{rng.randint(1, 99)}@{DOMAIN}", "phones": [phone], "addresses": [address]}


def cpf(rng: random.Random) -> str:
    base = "".join(str(rng.randint(0, 9)) for _ in range(9))
    return base + documents.cpf.check_digits(base)


def cnpj(rng: random.Random, *, letters: bool = False) -> str:
    """`letters`: as registrations since July 2026 may be."""
    marks = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ" if letters else "0123456789"
    base = "".join(rng.choice(marks) for _ in range(8)) + "0001"
    return base + documents.cnpj.check_digits(base)


def picture(rng: random.Random, name: str, side: int = 64) -> SimpleUploadedFile:
    """A small PNG of coloured bands, as a photo or a scan would be attached."""
    colours = [bytes(rng.randint(60, 230) for _ in range(3)) for _ in range(4)]
    rows = b"".join(b"\0" + colours[y * len(colours) // side] * side for y in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)
    return SimpleUploadedFile(name, content, "image/png")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
