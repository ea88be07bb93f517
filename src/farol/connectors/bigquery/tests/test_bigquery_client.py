"""The client against a local server of the same wire: parameters, types, caps, faults, and no secret in words."""

from __future__ import annotations

import datetime as dt
import json
import time
from decimal import Decimal

import pytest

from farol.connectors.bigquery import account, doctor
from farol.connectors.bigquery.client import Client, Limits
from farol.connectors.bigquery.credentials import ServiceAccount
from farol.connectors.bigquery.errors import BigQueryError, BigQueryRefused, BigQuerySilent
from farol.connectors.bigquery.simulator import Simulator, key_file
from farol.connectors.bigquery.values import Param

DOCUMENT = "11144477735"
CUSTOMERS = [
    "documento",
    "nome",
    "email",
    "fone",
    "logradouro",
    "numero",
    "complemento",
    "bairro",
    "cidade",
    "uf",
    "cep",
]
ORDERS = {
    "documento": "VARCHAR",
    "pedido": "VARCHAR",
    "data_pedido": "DATE",
    "canal": "VARCHAR",
    "sku": "VARCHAR",
    "descricao": "VARCHAR",
    "quantidade": "BIGINT",
    "valor_unitario": "DECIMAL(18,2)",
}
KEY = key_file()


@pytest.fixture
def service():
    with Simulator(slow=1.5) as simulator:
        row = (
            DOCUMENT,
            "Maria da Silva",
            "m@example.com",
            None,
            "Rua A",
            "10",
            None,
            "Centro",
            "Santos",
            "SP",
            "11010000",
        )
        simulator.table("clientes_busca", dict.fromkeys(CUSTOMERS, "VARCHAR"), [row])
        items = [
            (
                DOCUMENT,
                f"P-{n}",
                dt.date(2026, 11, 20) - dt.timedelta(n),
                "Loja",
                "FX-1",
                "Fonte",
                n + 1,
                Decimal("9.90"),
            )
            for n in range(5)
        ]
        simulator.table("pedidos_itens", ORDERS, [*items, ("0", "X", dt.date(2026, 11, 1), "", "", "", 1, Decimal(1))])
        yield simulator


@pytest.fixture
def configured(service, settings, tmp_path):
    file = tmp_path / "key.json"
    file.write_text(json.dumps(KEY), encoding="utf-8")
    settings.FAROL_BIGQUERY_PROJECT, settings.FAROL_BIGQUERY_DATASET = service.project, "crm"
    settings.FAROL_BIGQUERY_CREDENTIALS, settings.FAROL_BIGQUERY_URL = str(file), service.url
    yield service
    account.client().close()
    account._client.cache_clear()


def test_registration_and_orders_by_parameters_only(configured):
    found = account.registration(DOCUMENT)
    assert (found["name"], found["phone"], found["city"]) == ("Maria da Silva", None, "Santos")
    lines = account.order_lines(DOCUMENT, dt.date(2026, 11, 18))
    assert [line["order"] for line in lines] == ["P-0", "P-1", "P-2"]
    assert lines[1]["day"] == dt.date(2026, 11, 19)
    assert (lines[1]["quantity"], lines[1]["unit_value"]) == (2, Decimal("9.90"))
    assert account.registration("' OR 1=1 --") is None
    for body in configured.journal:
        assert DOCUMENT not in body["query"]
        assert "OR 1=1" not in body["query"]
        assert int(body["maximumBytesBilled"]) == 100 * 1024 * 1024
        assert body["labels"]["app"] == "farol"
        assert body["location"] == "southamerica-east1"
        assert int(body["jobTimeoutMs"]) > 0
        assert body["useLegacySql"] is False
    assert configured.logins == 1


def test_what_is_dearer_than_allowed_is_not_run(configured, settings):
    rows = [(str(n), *["x"] * 10) for n in range(3000)]
    configured.table("clientes_busca", dict.fromkeys(CUSTOMERS, "VARCHAR"), rows)
    limits = Limits(9 * 1024 * 1024, "southamerica-east1")
    token_url = f"{configured.url}/token"
    client = Client(configured.url, configured.project, ServiceAccount.of(KEY), token_url, limits)
    with pytest.raises(BigQueryRefused, match="FAROL_BIGQUERY_MAX_MB"):
        client.rows(account.customer_sql(), [Param("document", "STRING", DOCUMENT)], feature="test")
    client.close()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("forbidden", BigQueryRefused),
        ("quota", BigQuerySilent),
        ("rate", BigQuerySilent),
        ("unavailable", BigQuerySilent),
        ("location", BigQueryRefused),
        ("token", BigQueryRefused),
        ("pending", BigQuerySilent),
        ("nonsense", BigQuerySilent),
    ],
)
def test_every_fault_has_its_sentence_and_tells_nothing(configured, caplog, fault, kind):
    configured.fail = [fault]
    with caplog.at_level("DEBUG"), pytest.raises(kind) as caught:
        account.registration(DOCUMENT)
    told = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
    assert DOCUMENT not in told
    assert "token-1" not in told
    assert account.registration(DOCUMENT)["name"] == "Maria da Silva"


def test_slow_is_given_up_within_the_time(configured):
    configured.fail = ["slow"]
    started = time.monotonic()
    with pytest.raises(BigQuerySilent):
        account.client().rows(account.customer_sql(), [Param("document", "STRING", DOCUMENT)], feature="x", seconds=0.4)
    assert time.monotonic() - started < 1.4


def test_after_three_failures_nobody_waits(configured):
    configured.fail = ["unavailable"] * 3
    for _round in range(3):
        with pytest.raises(BigQuerySilent):
            account.registration(DOCUMENT)
    asked = len(configured.journal)
    with pytest.raises(BigQuerySilent):
        account.registration(DOCUMENT)
    assert len(configured.journal) == asked
    account.client().breaker.worked()  # as after the rest
    assert account.registration(DOCUMENT)


def test_two_failures_and_a_success_begin_again(configured):
    for fault in ("unavailable", "unavailable", "", "unavailable", "unavailable", ""):
        configured.fail = [fault]
        if fault:
            with pytest.raises(BigQueryError):
                account.registration(DOCUMENT)
        else:
            assert account.registration(DOCUMENT)


def test_checking_is_a_dry_run(configured):
    found = account.check()
    assert set(found) == {"registration", "orders"}
    assert all(body["dryRun"] for body in configured.journal)


def test_a_wrong_column_is_told(configured, settings):
    settings.FAROL_BIGQUERY_CUSTOMER_COLUMNS = {"document": "documento", "name": "inexistente"}
    with pytest.raises(BigQueryRefused):
        account.check()


@pytest.mark.parametrize(
    "change",
    [
        {"type": "external_account"},
        {"token_uri": "https://evil.example/token"},
        {"token_uri": None},
        {"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"},
        {"private_key": 5},
        {"client_email": None},
    ],
)
def test_key_files_that_are_refused(change):
    with pytest.raises(BigQueryRefused) as caught:
        ServiceAccount.of({**KEY, **change})
    assert "BEGIN" not in str(caught.value)


def test_nothing_set_says_what_to_set(settings):
    settings.FAROL_BIGQUERY_PROJECT = ""
    with pytest.raises(BigQueryRefused, match="FAROL_BIGQUERY_PROJECT"):
        account.client()


def test_the_doctor_says_what_is_wrong(configured):
    assert [finding.level for finding in doctor.answers()] == ["green"]
    configured.fail = ["forbidden"]
    found = next(iter(doctor.answers()))
    assert (found.level, bool(found.remedy)) == ("yellow", True)


def test_the_doctor_of_who_has_no_bigquery(settings):
    settings.FAROL_BIGQUERY_PROJECT = ""
    assert [finding.level for finding in doctor.answers()] == ["green"]
