"""People of every role, and customers whose data are easy to look for."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.test import Client

from farol.connectors.bigquery import account
from farol.connectors.bigquery.simulator import Simulator, key_file
from farol.core import documents
from farol.engines.workflow.module import get_module
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR

KEY = key_file()


class Seeded:
    """One made-up person: what is typed, and the texts that must never be found in clear."""

    def __init__(self, number: int) -> None:
        base = f"{314159265 + number * 7919:09d}"
        self.document = base + documents.cpf.check_digits(base)
        self.mobile = f"9{71234567 + number * 104729:08d}"[:9]
        self.email = f"segredo{number}zq@correio-dela.example"
        self.street = f"Alameda Oculta {number}"
        self.name = f"Pessoa Semeada {number}"

    @property
    def form(self) -> dict:
        address = {"street": self.street, "number": "77", "city": "Campinas", "state": "SP", "postcode": "13010-001"}
        typed = {"name": self.name, "document": documents.cpf.format(self.document), "email": self.email}
        return {**typed, "phone": f"11{self.mobile}", "addresses": [address]}

    @property
    def secrets(self) -> list[str]:
        shown = f"{self.mobile[:5]}-{self.mobile[5:]}"
        return [self.document, documents.cpf.format(self.document), self.mobile, shown, self.email, self.street]


@pytest.fixture
def seeded(db):
    """Customers with everything filled in; the record is `.record`."""

    def made(count: int) -> list[Seeded]:
        module, people = get_module("customers"), [Seeded(number) for number in range(count)]
        for one in people:
            form = module.form(one.form, principal=OPERATOR)
            assert form.is_valid(), form.problems()
            one.record = module.create(OPERATOR, form.values)
        return people

    return made


@pytest.fixture
def person(db):
    def made(role: str) -> User:
        user, new = User.objects.get_or_create(email=f"{role}@clientes.example", defaults={"name": role})
        if new:
            user.roles.add(Role.objects.get(slug=role))
        return user

    return made


@pytest.fixture
def pages(person):
    def made(role: str) -> Client:
        client = Client()
        client.force_login(person(role))
        return client

    return made


@pytest.fixture
def rest(person):
    """A function (method, path, body) of somebody with a token."""

    def made(role: str):
        header = {"HTTP_AUTHORIZATION": f"Bearer {tokens.create(OPERATOR, person(role), 'test')[0]}"}
        client = Client()

        def call(method: str, path: str, body: dict | None = None):
            sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
            return getattr(client, method)(f"/api/v1/{path}", **sent, **header)

        return call

    return made


@pytest.fixture
def bigquery(settings, tmp_path):
    """The simulator with empty tables, and the settings that point to it."""
    cache.clear()
    with Simulator(slow=2.6) as simulator:
        columns = settings.FAROL_BIGQUERY_CUSTOMER_COLUMNS.values()
        simulator.table("clientes_busca", dict.fromkeys(columns, "VARCHAR"), [])
        kinds = {"data_pedido": "DATE", "quantidade": "BIGINT", "valor_unitario": "DECIMAL(18,2)"}
        columns = settings.FAROL_BIGQUERY_ORDER_COLUMNS.values()
        simulator.table("pedidos_itens", {column: kinds.get(column, "VARCHAR") for column in columns}, [])
        file = tmp_path / "key.json"
        file.write_text(json.dumps(KEY), encoding="utf-8")
        settings.FAROL_BIGQUERY_PROJECT, settings.FAROL_BIGQUERY_DATASET = simulator.project, "crm"
        settings.FAROL_BIGQUERY_CREDENTIALS, settings.FAROL_BIGQUERY_URL = str(file), simulator.url
        yield simulator
        account.client().close()
        account._client.cache_clear()
    cache.clear()
