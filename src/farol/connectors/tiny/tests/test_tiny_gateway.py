"""The port against the made-up Tiny, over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from farol.connectors.tiny import (
    Address,
    ErpBusy,
    ErpDoubt,
    ErpMissing,
    ErpRefused,
    ErpShut,
    Order,
    OrderItem,
    Party,
    Payable,
    gateway,
)
from farol.connectors.tiny.models import Allowance
from farol.connectors.tiny.simulator.journal import entries
from farol.connectors.tiny.texts import Fields

HOME = Address("Rua Açaí", "", "ap. 3", "Centro", "01001-000", "São Paulo", "sp")
ANA = Party("Ana & Filhos Comércio de Peças Elétricas Ltda", "11.222.333/0001-81", "", "ana@example.com", "1199", HOME)


def an_order(key: str = "GT-2026-000001", **changes) -> Order:
    values = {
        "customer": ANA,
        "items": (OrderItem("SKU-1", "Módulo", Decimal(2), Decimal("10.50")),),
        "markers": ("GR1", "GARANTIA"),
        "original_order": "MLB-1",
        "note": "a note",
        **changes,
    }
    return Order(key, **values)


def a_payable(key: str = "CP-2026-000001", **changes) -> Payable:
    values = {"amount": Decimal("99.9"), "due_on": dt.date(2026, 12, 1), "document": "NF 123456789", **changes}
    return Payable(key, ANA, history="x" * 400, **values)


def stored(tiny, kind: str) -> list[dict]:
    return list(entries(tiny.books._journal.path, kind))


def test_an_order_is_made_found_read_and_cancelled(db, tiny):
    erp = gateway()
    assert erp.find_order("GT-2026-000001") is None
    made = erp.create_order(an_order(delivery=Address("Av. B", "10", city="Santos", state="SP", recipient="Bia")))
    assert made.id
    assert made.number == "10001"
    assert erp.find_order("GT-2026-000001") == type(made)(made.id, made.number, "GT-2026-000001")
    state = erp.get_order(made.id)
    assert (state.status, state.total, state.markers) == ("open", Decimal("21.00"), ("GR1", "GARANTIA"))
    erp.cancel_order(made.id)
    erp.cancel_order(made.id)
    assert erp.get_order(made.id).status == "cancelled"
    assert erp.find_order("GT-2026-000001") is None


def test_the_form_of_an_order_fits_the_fields_and_spares_the_contact(db, tiny):
    made = gateway().create_order(an_order())
    body = stored(tiny, "order")[0]["body"]
    assert body["cliente"]["nome"] == "Ana & Filhos Comércio de Peças"
    assert body["cliente"]["nome_fantasia"] == ANA.name
    assert body["cliente"]["atualizar_cliente"] == "N"
    assert body["cliente"]["cpf_cnpj"] == "11222333000181"
    assert (body["cliente"]["numero"], body["cliente"]["uf"], body["cliente"]["cep"]) == ("S/N", "SP", "01001000")
    assert body["numero_pedido_ecommerce"] == "GT-2026-000001"
    assert body["itens"][0]["item"]["valor_unitario"] == "10.50"
    assert "MLB-1" in body["obs_internas"]
    assert len(made.warnings) == 1
    assert "30" in made.warnings[0]


def test_a_key_that_is_the_head_of_another_is_not_taken_for_it(db, tiny):
    erp = gateway()
    erp.create_order(an_order("GT-2026-000001-R2"))
    assert erp.find_order("GT-2026-000001") is None


def test_two_orders_of_one_key_are_for_a_person(db, tiny):
    erp = gateway()
    erp.create_order(an_order())
    erp.create_order(an_order())
    with pytest.raises(ErpRefused, match="10001"):
        erp.find_order("GT-2026-000001")


@pytest.mark.parametrize("key", ["", "GT-2026-000001-ação", "x" * 31, "a\nb", " a"])
def test_a_key_that_tiny_might_change_is_refused_before_it_leaves(db, tiny, key):
    with pytest.raises(ErpRefused):
        gateway().create_order(an_order(key))
    assert not stored(tiny, "order")


def test_a_payable_carries_its_key_at_the_head_of_a_history_that_fits(db, tiny):
    erp = gateway()
    assert erp.find_payable(a_payable()) is None
    made = erp.create_payable(a_payable())
    body = stored(tiny, "payable")[0]["body"]
    assert body["historico"].startswith("[FAROL:CP-2026-000001] NF 123456789 xxx")
    assert len(body["historico"]) == 300
    assert "nro_documento" not in body
    assert body["valor"] == "99.90"
    assert body["vencimento"] == "01/12/2026"
    found = erp.find_payable(a_payable())
    assert found
    assert found.id == made.id
    assert erp.find_payable(a_payable("CP-2026-00000")) is None


def test_a_search_goes_through_all_its_pages(db, tiny):
    erp = gateway()
    for number in range(103):
        erp.create_payable(a_payable(f"CP-2026-{number:06}", document=str(number)))
    found = erp.find_payable(a_payable("CP-2026-000000"))
    assert found


def test_products_and_stock(db, tiny):
    erp = gateway(seconds=5)
    some = erp.search_products("módulo")
    assert some
    stock = erp.stock(some[0].sku)
    counted = sum(deposit.balance for deposit in stock.deposits if deposit.counts)
    assert stock.balance == counted
    assert stock.available == stock.balance - stock.reserved
    with pytest.raises(ErpMissing):
        erp.stock("não existe")


def test_city_unknown_is_said_in_tiny_s_own_words(db, tiny):
    nowhere = Party("Ana", "52998224725", address=Address("R", "1", city="Sao Paolo", state="SP"))
    with pytest.raises(ErpRefused, match="Sao Paolo"):
        gateway().create_order(an_order(customer=nowhere))


@pytest.mark.parametrize(
    ("fault", "error", "kept"),
    [
        ("cut", ErpDoubt, 1),
        ("error", ErpDoubt, 1),
        ("garbage", ErpDoubt, 1),
        ("unexpected", ErpDoubt, 0),
        ("unexpected_stored", ErpDoubt, 1),
        ("busy", ErpBusy, 0),
        ("too_often", ErpBusy, 0),
        ("refuse", ErpRefused, 0),
    ],
)
def test_what_is_in_doubt_and_what_is_not(db, tiny, fault, error, kept):
    tiny.chance.planted.append(fault)
    with pytest.raises(error):
        gateway().create_order(an_order())
    assert len(stored(tiny, "order")) == kept


def test_no_token_wrong_token_no_plan_no_server_and_a_wrong_address(db, tiny, settings):
    assert "600" in gateway().check()
    tiny.limits.per_minute = 0
    with pytest.raises(ErpShut):
        gateway().check()
    tiny.limits.per_minute = 600
    settings.FAROL_TINY_TOKEN = "another-one"
    with pytest.raises(ErpShut, match="FAROL_TINY_TOKEN"):
        gateway().check()
    settings.FAROL_TINY_TOKEN = ""
    with pytest.raises(ErpShut, match="FAROL_TINY_TOKEN"):
        gateway()
    settings.FAROL_TINY_TOKEN = "another-one"
    settings.FAROL_TINY_URL = tiny.url + "/api3"
    with pytest.raises(ErpShut, match="FAROL_TINY_URL"):
        gateway().check()
    settings.FAROL_TINY_URL = "http://127.0.0.1:9"
    with pytest.raises(ErpBusy):
        gateway().check()


def test_the_allowance_is_learned_from_the_header(db, tiny):
    tiny.limits.per_minute = 77
    gateway().check()
    assert Allowance.objects.get().per_minute == 77


def test_what_goes_into_a_message_comes_back_the_same():
    order = an_order(delivery=HOME)
    assert Order.from_json(json.loads(json.dumps(order.as_json()))) == order
    payable = a_payable()
    assert Payable.from_json(json.loads(json.dumps(payable.as_json()))) == payable


def test_control_characters_do_not_reach_tiny():
    assert Fields().cut("a\r\nb\x00  c", 10, "x") == "a b c"


def test_the_journal_survives_and_is_the_truth(db, tiny, tmp_path):
    from farol.connectors.tiny.simulator import Simulator

    made = gateway().create_order(an_order())
    path = tiny.books._journal.path
    with path.open("ab") as file:
        file.write(b'{"kind": "order", "torn')
    with Simulator(path, token="t") as again:
        assert [str(document["id"]) for document in again.books.of("order")] == [made.id]
