"""Customers through the services: sealed at rest, found again, one per document."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from farol.core.errors import BadInput
from farol.engines import workflow
from farol.engines.workflow.module import get_module
from farol.platform.accounts.principal import OPERATOR
from farol.registry import customers
from farol.registry.customers import vault
from farol.registry.customers.forms import CustomerForm
from farol.registry.customers.models import Customer
from farol.registry.customers.services import DocumentTaken, create

CPF, CNPJ = "111.444.777-35", "12.ABC.345/01DE-35"


def form(record=None, **data):
    return CustomerForm({"name": "Maria da Silva", **data}, principal=OPERATOR, record=record)


def made(**data):
    filled = form(**{"addresses": [], **data})
    assert filled.is_valid(), filled.problems()
    return create(OPERATOR, filled.values)


def changed(customer, **data):
    start = get_module("customers").initial(customer)
    filled = form(customer, **{**start, **data})
    assert filled.is_valid(), filled.problems()
    return get_module("customers").change(customer, OPERATOR, filled.values, customer.version)


@pytest.mark.django_db
def test_what_is_sealed_comes_back_and_is_found():
    customer = made(
        document=CPF,
        email="Maria@Example.com",
        phone="(11) 98765-4321",
        addresses=[
            {"street": "Rua das Flores", "number": "10", "city": "São Paulo", "state": "SP", "postcode": "01310-100"}
        ],
    )
    read = Customer.objects.get()
    assert read.number.startswith("CL-")
    assert (read.document, read.email, read.phones) == ("11144477735", "maria@example.com", ["+5511987654321"])
    assert read.addresses[0].lines == "Rua das Flores, 10 · São Paulo/SP · 01310-100"
    assert read.document_masked == "***.444.777-**"
    assert customers.by_document("11144477735") == customers.by_number(customer.number.lower()) == customer
    for text in (CPF, "maria@example.com", "11 98765 4321", "mar sil", "SILVA", "silva maría", customer.number[:9]):
        assert customers.named(text) == [customer.pk], text
    assert customers.named("maria souza") == customers.named("111.444") == customers.named("%") == []


@pytest.mark.django_db
@pytest.mark.parametrize("document", [CPF, CNPJ])
def test_one_active_customer_per_document(document):
    made(document=document)
    again = form(document=document.lower(), addresses=[])
    assert not again.is_valid()
    assert again.problems()[0][0] == "document"
    values = {"kind": "person", "name": "Outra", "document": vault_plain(document), "email": "", "phones": []}
    with pytest.raises(DocumentTaken):
        create(OPERATOR, {**values, "addresses": []})
    assert Customer.objects.count() == 1


def vault_plain(text):
    return "".join(char for char in text if char.isalnum())


@pytest.mark.django_db
def test_empty_fields_keep_and_remove_empties():
    customer = made(
        document=CPF, email="a@b.com", phone="11987654321", addresses=[{"street": "Rua A", "city": "Santos"}]
    )
    boxes = bytes(customer.document_sealed)
    changed(customer, name="Maria Souza", email="c@d.com")
    customer.refresh_from_db()
    assert (customer.document, customer.email, customer.phones) == ("11144477735", "c@d.com", ["+5511987654321"])
    assert customer.addresses[0].street == "Rua A"
    assert bytes(customer.document_sealed) == boxes
    assert customers.named("souza") == [customer.pk]
    assert customers.named("silva") == customers.named("a@b.com") == []
    changed(customer, remove=["document", "phone"])
    customer.refresh_from_db()
    assert (customer.document, customer.document_hash, customer.phones) == ("", "", [])
    assert customers.by_document(CPF) is None


@pytest.mark.django_db
def test_the_field_of_other_rooms():
    customer = made(document=CPF)
    field = customers.CustomerField()
    assert field.clean(customer.number) == field.clean(CPF) == customer
    workflow.run(customer, "anonymise", OPERATOR, reason="pedido")
    for text in (customer.number, CPF, "CL-2026-999999", "Maria"):
        with pytest.raises(ValidationError):
            field.clean(text)


@pytest.mark.django_db
def test_anonymised_for_good():
    customer = made(document=CPF, phone="11987654321")
    workflow.run(customer, "anonymise", OPERATOR, reason="pedido")
    assert (customer.name, customer.document, customer.phones, bytes(customer.key)) == ("Anonimizado", "", [], b"")
    assert customers.named("maria") == customers.named(CPF) == customers.named("11987654321") == []
    made(document=CPF)


@pytest.mark.django_db
def test_merged_ones_lead_to_who_stays():
    one, two = made(document=CPF), made(email="x@y.com", phone="11987654321")
    with pytest.raises(BadInput):
        workflow.run(one, "merge", OPERATOR, data={"into": one.number})
    workflow.run(one, "merge", OPERATOR, data={"into": two.number})
    two.refresh_from_db()
    assert two.document == "11144477735"
    assert customers.by_number(one.number) == customers.by_document(CPF) == two
    assert customers.named("maria") == [two.pk]


@given(value=st.recursive(st.text(min_size=1), lambda inner: st.lists(inner, min_size=1), max_leaves=5), name=st.text())
def test_boxes_open_only_for_their_person_and_field(value, name):
    key, other = vault.new_key(), vault.new_key()
    box = vault.seal(key, name, value)
    assert vault.unseal(key, name, box) == value
    for wrong_key, wrong_name in ((other, name), (key, name + "x")):
        with pytest.raises(InvalidTag):
            vault.unseal(wrong_key, wrong_name, box)
    with pytest.raises(InvalidTag):
        vault.unseal(key, name, box[:-1] + bytes([box[-1] ^ 1]))
