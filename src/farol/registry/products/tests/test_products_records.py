"""Products: one per SKU, found while typing, with the stock that Tiny tells."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from farol.connectors.tiny.simulator import Simulator
from farol.engines import workflow
from farol.engines.workflow.module import get_module
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR
from farol.registry import products
from farol.registry.products import lookup
from farol.registry.products.services import SkuTaken, create

pytestmark = pytest.mark.django_db


def made(sku="FX-100", name="Fonte de alimentação 12V", **more):
    module = get_module("products")
    form = module.form({"sku": sku, "name": name, **more}, principal=OPERATOR)
    assert form.is_valid(), form.problems()
    return module.create(OPERATOR, form.values)


@pytest.fixture
def page():
    user = User.objects.create_user("ana@produtos.example", "uma senha comprida 9")
    user.roles.set([Role.objects.get(slug="cs_analyst")])
    client = Client()
    client.force_login(user)
    return client


def test_found_by_sku_and_by_words(page):
    product = made(versions="v1, v2", cost="12,50")
    assert products.by_sku(" fx-100 ") == product
    for text in ("fx-1", "FX-100", "fonte 12v", "alimentacao", "12V fon"):
        item = page.get("/busca/produtos", {"q": text}).json()["items"][0]
        assert (item["value"], item["fill"]) == ("FX-100", {"description": product.name}), text
    assert page.get("/busca/produtos", {"q": "cabo"}).json()["items"] == []
    workflow.run(product, "deactivate", OPERATOR)
    assert lookup.suggest("fx-100") == []


def test_one_product_per_sku():
    made()
    form = get_module("products").form({"sku": "fx-100", "name": "Outra"}, principal=OPERATOR)
    assert not form.is_valid()
    with pytest.raises(SkuTaken):
        create(OPERATOR, {"sku": "fx-100", "name": "Outra", "unit": "", "cost": None, "versions": []})


def test_the_field_keeps_what_is_typed_by_hand():
    made(sku="Fx-100")
    field = products.ProductField()
    assert field.clean("FX-100") == "Fx-100"
    assert field.clean("novo-9") == "NOVO-9"


def test_a_changed_name_is_found_by_its_new_words():
    product = made()
    module = get_module("products")
    form = module.form({**module.initial(product), "name": "Cabo azul"}, principal=OPERATOR, record=product)
    assert form.is_valid(), form.problems()
    module.change(product, OPERATOR, form.values, product.version)
    assert (lookup.named("azul"), lookup.named("fonte")) == ([product.pk], [])


def test_stock_or_a_sentence(page, settings, tmp_path):
    product = made()
    address = f"/produtos/{product.number}/saldo"
    cache.clear()
    settings.FAROL_TINY_TOKEN = ""
    assert page.get(address).json()["note"]
    cache.clear()
    with Simulator(tmp_path / "tiny.jsonl", token="segredo", per_minute=600) as tiny:
        settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = tiny.url, "segredo"
        found = page.get(address).json()
    assert found["balance"] is not None
    assert not found["note"]
    first = page.get(address).json()
    assert first == found, "kept although nobody answers any more"
    cache.clear()
    assert page.get(address).json()["note"]
    assert "segredo" not in str(first)
