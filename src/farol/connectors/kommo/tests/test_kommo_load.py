"""Whole loads from the made-up Kommo: several walks at once, private values, recorded accounts."""

from __future__ import annotations

import datetime as dt
import json
import logging
from pathlib import Path

import pytest

from farol.connectors.kommo import account, doctor
from farol.connectors.kommo.simulator import Simulator, from_files
from farol.connectors.kommo.simulator.world import WON
from farol.connectors.kommo.tests.kommo_run import LATER, NOON, Company, differences
from farol.core import clock
from farol.engines.sources.models import LoadRun
from farol.engines.sources.source import find_source
from farol.engines.sources.sync import start, sync
from farol.engines.warehouse import find_dataset, open_reader, open_stage
from farol.platform.accounts.principal import SYSTEM

SHAPES = Path(__file__).resolve().parents[6] / "shared" / "data" / "api_shapes"


def load(*, full=True):
    source = find_source("kommo")
    return sync(source, start(source, SYSTEM, full=full, since=None, cause="command"), full=full)


def everything_kept() -> str:
    """Every value of every stage table, as text."""
    with open_stage(find_dataset("crm"), clean=False) as stage:
        tables = [row[0] for row in stage.connection.execute("SHOW TABLES").fetchall()]
        rows = [stage.connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables]
    return json.dumps(rows, default=str, ensure_ascii=False)


def test_private_values_are_nowhere(kommo, db, caplog):
    caplog.set_level(logging.DEBUG)
    lead, contact = next(iter(kommo.world.leads)), next(iter(kommo.world.contacts))
    for custom in contact["custom_fields_values"]:
        custom["values"][0]["value"] = "+55 31 97777-1234" if custom["field_code"] == "PHONE" else "canario@example.net"
    contact["name"] = "31977771234"
    lead["name"] = "Pedido de canario@example.net"
    note = next(iter(kommo.world.notes))
    note["params"] = {**note["params"], "phone": "+5531977771234", "text": "CPF 529.982.247-25, tel 31 97777-1234"}
    outcome = load()
    assert outcome.status == "done", outcome.error
    runs = json.dumps(list(LoadRun.objects.values()), default=str)
    for kept in (everything_kept(), caplog.text, runs):
        for secret in ("97777", "canario@example.net", "529.982.247", "simulador-token", "vendas@farol.example"):
            assert secret not in kept


def test_a_token_in_an_error_is_nowhere(kommo, db, settings, caplog):
    settings.FAROL_KOMMO_TOKEN = "canary-9d1f77"
    outcome = load()
    assert outcome.error
    assert outcome.error["code"] == "consent_needed"
    assert "canary-9d1f77" not in caplog.text + json.dumps(outcome.to_json())


def test_the_test_of_the_connection_says_who_answers(kommo, db):
    assert "Loja Simulada" in account.test()
    assert ("9000001", "Samuel Tavares", "vendas@farol.example") in account.people()


@pytest.mark.django_db
def test_deleted_restored_and_deleted_tasks_follow(settings, tmp_path):
    with clock.frozen(NOON), Company(2, settings, tmp_path) as company:
        assert company.load(full=True).status == "done"
        lead = next(row["id"] for row in company.world.leads if not row["is_deleted"])
        gone = next(row["id"] for row in company.world.leads if row["is_deleted"])
        task = next(iter(company.world.tasks))
        with clock.frozen(NOON + LATER):
            company.world.delete_lead(lead)
            company.world.delete_lead(gone, gone=False)
            del company.world.tasks.rows[task["id"]]
            company.world.tasks.put({**task, "id": task["id"] + 10**6, "updated_at": company.world.instant()})
            company.world.note_event("task_deleted", "task", task["id"], [], [])
            assert company.load().status == "done"
            assert differences(company.world) == []


def test_sundays_load_sees_what_moved_no_instant(settings, tmp_path, db):
    with Company(3, settings, tmp_path) as company:
        with clock.frozen(NOON):
            assert company.load(full=True).status == "done"
        old = min((row for row in company.world.leads if not row["is_deleted"]), key=lambda row: row["updated_at"])
        old["responsible_user_id"] = 9000006
        with clock.frozen(NOON + dt.timedelta(days=4)):
            assert company.load().status == "done"
            assert differences(company.world) == []


EVERY_TYPE = {
    "text": "Açúcar 👩‍🔧",
    "numeric": "1200.5",
    "monetary": "1.234,56",
    "checkbox": True,
    "select": "Plano anual",
    "date": 0,
    "birthday": "1990-05-01",
    "legal_entity": {"name": "ACME", "vat_id": "11.222.333/0001-81", "address": "Rua A, 5"},
    "file": {"file_uuid": "6f1c", "file_name": "orçamento.pdf"},
    "tracking_data": "google",
}


def odd_leads(world):
    """Nothing here is wrong, and all of it was seen somewhere."""
    fields = [
        {"field_id": at, "field_name": kind, "field_code": None, "field_type": kind, "values": [{"value": value}]}
        for at, (kind, value) in enumerate(EVERY_TYPE.items(), start=1)
    ]
    fields.append({"field_id": 99, "field_name": "lista", "values": [{"catalog_id": 1, "catalog_element_id": 2}]})
    yield {"name": "Pedido 🧰\x00 com nulo", "custom_fields_values": fields}
    yield {"price": None, "custom_fields_values": None}
    yield {"price": 10**12, "price_with_minor_units": 10**12 + 0.99}
    yield {"price": -50}
    yield {"responsible_user_id": 123456789}  # a user who was deleted
    yield {"responsible_user_id": 2**53 + 1, "created_by": 2**61}
    yield {"pipeline_id": 1, "status_id": 2}  # a pipeline that was deleted
    yield {
        "status_id": 143,
        "closed_at": 0,
        "loss_reason_id": 5,
        "_embedded": {"loss_reason": {"id": 5, "name": "Preço"}},
    }
    yield {"_embedded": [], "custom_fields_values": []}
    yield {"_embedded": {"source": [], "contacts": {"id": 1}, "tags": [{"id": 1}], "companies": None}}
    yield {"created_at": world.account["created_at"], "updated_at": 0}
    yield {"name": None, "updated_at": 2**33}


def test_an_odd_account_loads_whole(settings, tmp_path, db):
    with clock.frozen(NOON), Company(4, settings, tmp_path) as company:
        made = []
        for odd in odd_leads(company.world):
            at = company.world.instant()
            number = 2**53 + 1 + len(made)  # more than a floating number can tell apart
            row = {**next(iter(company.world.leads)), "id": number, "is_deleted": False, "created_at": at}
            company.world.leads.put(row | {"updated_at": at} | odd)
            made.append(str(number))
        outcome = company.load(full=True)
        assert outcome.status == "done", outcome.error
        with open_stage(find_dataset("crm"), clean=False) as stage:
            found = stage.connection.execute("SELECT id, price_centavos, custom FROM lead").fetchall()
        assert set(made) <= {row[0] for row in found}
        assert not any("11.222.333" in (custom or "") for _id, _price, custom in found)
        assert {price for ident, price, _custom in found if ident == made[2]} == {10**14 + 99}
        with open_reader("crm") as reader:
            leads = {row[0] for row in reader.rows(f"SELECT lead_id FROM {reader.table('lead')}")}
        assert leads == {str(row["id"]) for row in company.world.leads if not row["is_deleted"]}


@pytest.mark.parametrize(("subdomain", "told"), [("loja", False), ("novaloja", True)])
def test_the_doctor_notices_an_account_that_was_renamed(settings, subdomain, told):
    settings.FAROL_KOMMO_URL = "https://loja.kommo.com"
    found = [finding.text for finding in doctor._account({"name": "Loja", "subdomain": subdomain})]
    assert any("novaloja.kommo.com" in text for text in found) is told


@pytest.mark.slow
@pytest.mark.skipif(not SHAPES.exists(), reason="needs ../shared/data/api_shapes, which is beside the project")
def test_the_recorded_account_loads_whole(settings, tmp_path, db):
    world = from_files(SHAPES)
    assert world.truth()["leads"] == 1435
    settings.FAROL_HOME, settings.FAROL_KOMMO_PER_SECOND, settings.FAROL_KOMMO_PARALLEL = tmp_path, 50.0, 1
    with Simulator(world, per_second=1000) as kommo:
        settings.FAROL_KOMMO_URL, settings.FAROL_KOMMO_TOKEN = kommo.url, kommo.token
        outcome = load()
    assert outcome.status == "done", outcome.error
    with open_stage(find_dataset("crm"), clean=False) as stage:
        sql = "SELECT count(*), count(*) FILTER (status = 'won'), count(*) FILTER (status = 'lost'),"
        sql += " count(*) FILTER (status = 'won' AND coalesce(price_centavos, 0) = 0) FROM lead WHERE NOT deleted"
        assert stage.connection.execute(sql).fetchone() == (1435, 235, 139, 1)
    assert sum(row["status_id"] == WON for row in world.leads) == 235
