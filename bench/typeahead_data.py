"""Run by `bench/typeahead.py` in the environment of its installation: makes the customers, then types."""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
FIRST_NAMES = (
    "Maria José Ana João Antônio Francisco Carlos Paulo Pedro Lucas Luiz Marcos Luís Gabriel Rafael Francisca Daniel"
    " Marcelo Bruno Eduardo Felipe Antônia Adriana Juliana Márcia Fernanda Patrícia Aline Sandra Camila Amanda Bruna"
    " Jéssica Letícia Júlia Luciana Vanessa Mariana Gabriela Valéria Raimundo Sebastião Geraldo Vera Zélia Ubirajara"
)
LAST_NAMES = (
    "Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho Almeida"
    " Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado Mendes Freitas"
    " Cardoso Ramos Gonçalves Santana Teixeira Araújo Pinto Cavalcanti Xavier Yamamoto Queiroz Bittencourt Zanetti"
)
PIECES = "ba be bi bo da di do fa fe go la le li lo ma me mi mo na ne ni no ra re ri ro sa ta te ti to va vi za"
FIRST, LAST, SYLLABLES = FIRST_NAMES.split(), LAST_NAMES.split(), PIECES.split()
BATCH, TYPED = 20_000, 400
CUSTOMER = (
    *("number", "uid", "kind", "name", "name_key", "key", "document_hash", "document_sealed", "email_sealed"),
    *("phones_sealed", "addresses_sealed", "status", "version", "created_at", "changed_at"),
)


def name_of(rng: random.Random) -> str:
    """Common names as often as in life, and one rare surname in five."""
    first = rng.choices(FIRST, [1 / (place + 1) for place in range(len(FIRST))])[0]
    weights = [1 / (place + 1) for place in range(len(LAST))]
    last = rng.choices(LAST, weights, k=rng.randint(1, 3))
    if rng.random() < 0.2:
        last[-1] = "".join(rng.choices(SYLLABLES, k=rng.randint(3, 4))).capitalize()
    return " ".join([first, *last])


def document_of(pk: int) -> str:
    from farol.core import documents

    return f"{pk:09d}" + documents.cpf.check_digits(f"{pk:09d}")


def build(count: int) -> None:
    from django.db import connection, transaction

    with transaction.atomic():
        for start in range(1, count + 1, BATCH):
            names = _names(start, min(BATCH, count + 1 - start))
            _insert(connection, "customers_customer", ("id", *CUSTOMER), _customers(names))
            _insert(connection, "customers_customerword", ("customer_id", "word", "name_key"), _words(names))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _names(start: int, count: int) -> dict[int, str]:
    rng = random.Random(start)
    return {pk: name_of(rng) for pk in range(start, start + count)}


def _customers(names: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    from django.db import connection

    from farol.core import clock
    from farol.core.names import name_key
    from farol.registry.customers import vault

    key, instant = vault.new_key(), clock.now()
    stored = instant if connection.vendor == "postgresql" else instant.replace(tzinfo=None).isoformat(" ")
    for pk, name in names.items():
        uid = uuid.UUID(int=random.Random(pk).getrandbits(128))
        shown = uid if connection.vendor == "postgresql" else uid.hex
        hashed = vault.document_hash(document_of(pk))
        number = f"CL-{pk:09d}"
        yield (pk, number, shown, "person", name, name_key(name), key, hashed, *[b""] * 4, "active", 1, stored, stored)


def _words(names: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    from farol.core.names import name_key, words

    for pk, name in names.items():
        yield from ((pk, word, name_key(name)) for word in words(name))


def _insert(connection: Any, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    spelled = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({spelled}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["?"] * len(columns))
        cursor.cursor.executemany(f"INSERT INTO {table} ({spelled}) VALUES ({marks})", rows)


def measure() -> list[tuple[str, str, str, str]]:
    from farol.platform.accounts.principal import OPERATOR
    from farol.registry.customers.finding import suggest
    from farol.registry.customers.models import Customer

    found = []
    count = Customer.objects.count()
    for what, texts in typed(count).items():
        ours = _times(lambda text: suggest(text, OPERATOR), texts)
        rival = _times(lambda text: list(Customer.objects.filter(name__icontains=text)[:10]), texts[: len(texts) // 8])
        found.append((f"{what}, p95", _shown(ours), _shown(rival), f"{_p95(rival) / _p95(ours):.1f} x faster"))
    return found


def typed(count: int) -> dict[str, list[str]]:
    """What people type on the way to a name, and what fits nobody."""
    rng = random.Random(7)
    names = [name_of(rng).split() for _ in range(TYPED)]
    texts = {
        "three letters of any word": [rng.choice(name)[:3] for name in names],
        "first name and the beginning of another": [f"{name[0]} {name[-1][:3]}" for name in names],
        "two whole words": [f"{name[0]} {name[-1]}" for name in names],
        "words that fit few or nobody": [f"{name[0]} {name[-1]}x" for name in names],
    }
    texts["complete CPF"] = [document_of(rng.randrange(1, count)) for _ in range(TYPED)]
    texts["all of them mixed"] = rng.sample([text for group in texts.values() for text in group], TYPED)
    return texts


def _times(ask: Callable[[str], object], texts: list[str]) -> list[float]:
    ask(texts[0])
    found = []
    for text in texts:
        started = time.perf_counter()
        ask(text)
        found.append(1000 * (time.perf_counter() - started))
    return found


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _shown(times: list[float]) -> str:
    return f"{_p95(times):.1f} ms (p50 {statistics.median(times):.1f}, worst {max(times):.0f})"


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "build":
        build(int(sys.argv[2]))
    else:
        print(json.dumps(measure()))
