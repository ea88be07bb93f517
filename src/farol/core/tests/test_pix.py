"""PIX keys by kind and the BR Code; the worked strings are the reference's."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.core import documents, pix
from farol.core.errors import BadInput

SAMPLE = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal"
    "6008BRASILIA62070503***63041D3D"
)
OWN = (
    "00020126360014br.gov.bcb.pix0114+5511987654321520400005303986540566.665802BR5913EMPRESA TESTE6009SAO PAULO"
    "62130509GAR00012363040E0F"
)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("111.444.777-35", "cpf", "11144477735"),
        ("11.222.333/0001-81", "cnpj", "11222333000181"),
        ("12.abc.345/01de-35", "cnpj", "12ABC34501DE35"),
        ("+55 (11) 98765-4321", "phone", "+5511987654321"),
        ("+1 202 555 0143", "phone", "+12025550143"),
        ("Fulano@Exemplo.com.br", "email", "fulano@exemplo.com.br"),
        ("123E4567-E12B-12D1-A456-426655440000", "evp", "123e4567-e12b-12d1-a456-426655440000"),
        ("123e4567e12b12d1a456426655440000", "evp", "123e4567-e12b-12d1-a456-426655440000"),
    ],
)
def test_a_key_is_recognised_and_brought_to_the_banks_form(text, kind, value):
    assert pix.read(text) == pix.Key(pix.Kind(kind), value)


@pytest.mark.parametrize("text", ["11987654321", "1133334444", "11916667872"])
def test_digits_that_fit_two_kinds_are_asked_about(text):
    with pytest.raises(BadInput) as caught:
        pix.read(text)
    assert caught.value.code == "ambiguous"
    assert f"+55{text}" in str(caught.value.detail)
    assert pix.read(text, "phone").value == f"+55{text}"


def test_a_mobile_that_is_also_a_cpf_is_whatever_the_person_says():
    text = next(t for n in range(10_000) if documents.cpf.is_valid(t := f"1191{n:04d}872") or False)
    with pytest.raises(BadInput):
        pix.read(text)
    assert pix.read(text, "cpf").value == text
    assert pix.read(text, "phone").value == f"+55{text}"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ""),
        ("hello", ""),
        ("111.111.111-11", ""),
        ("00000000000000", ""),
        ("2099876543", ""),
        ("a@b", ""),
        ("a b@", ""),
        ("+55 11 8765-4321", ""),
        ("+55 20 98765-4321", ""),
        ("+0123456", ""),
        ("x" * 70 + "@exemplo.com", ""),
        ("123e4567-e12b-12d1-a456-42665544000", ""),
        ("11144477736", "cpf"),
        ("11144477735", "evp"),
        ("11144477735", "email"),
    ],
)
def test_what_is_no_key_is_refused_on_the_field(text, kind):
    with pytest.raises(BadInput) as caught:
        pix.read(text, kind, field="key")
    assert caught.value.field == "key"


@pytest.mark.parametrize(
    "text",
    [
        "111.444.777-35",
        "11222333000181",
        "+5511987654321",
        "fulano@exemplo.com",
        "a" * 8 + "-1111" * 3 + "-" + "b" * 12,
    ],
)
def test_a_masked_key_cannot_be_used(text):
    key = pix.read(text)
    assert key.value not in pix.mask(key)
    assert len([c for c in pix.mask(key) if c in "*•"]) >= 3


def test_the_published_codes_are_read_and_written():
    fulano = pix.parse(SAMPLE)
    assert (fulano.key, fulano.name, fulano.city, fulano.amount, fulano.txid) == (
        "123e4567-e12b-12d1-a456-426655440000",
        "Fulano de Tal",
        "BRASILIA",
        None,
        "",
    )
    assert pix.build(fulano) == SAMPLE
    own = pix.BrCode("EMPRESA TESTE", "SAO PAULO", "+5511987654321", Decimal("66.66"), "GAR000123")
    assert pix.build(own) == OWN
    assert pix.parse(OWN) == own
    assert pix.crc("123456789") == "29B1"


def test_name_and_city_lose_accents_and_are_cut():
    code = pix.parse(pix.build(pix.BrCode("Conceição & Irmãos Comércio Ltda", "São José dos Campos", key="a@b.co")))
    assert (code.name, code.city) == ("Conceicao & Irmaos Comerc", "Sao Jose dos Ca")


_WORD = st.text(string.ascii_letters + string.digits, min_size=1, max_size=15)


@given(_WORD, _WORD, st.one_of(st.none(), st.decimals("0.01", "9999999999.99", places=2)), _WORD, st.booleans())
def test_what_is_built_reads_back(name, city, amount, txid, once):
    code = pix.BrCode(name, city, "fulano@exemplo.com", amount, txid, once=once)
    assert pix.parse(pix.build(code)) == code


@given(st.sampled_from([SAMPLE, OWN]), st.data())
def test_a_changed_character_is_noticed(code, data):
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([c for c in string.ascii_uppercase + string.digits if c != code[place].upper()]))
    with pytest.raises(BadInput):
        pix.parse(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    "body",
    [
        "00020126040002xx6304",
        "0002015802BR6304",
        "00020126360014br.gov.bcb.pix6304",
        "000201000201" + "6304",
        "00020154AA66.66" + "6304",
    ],
)
def test_a_sound_code_of_something_else_is_refused(body):
    with pytest.raises(BadInput):
        pix.parse(body + pix.crc(body))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    for reader in (pix.read, pix.parse):
        try:
            reader(text)
        except BadInput:
            continue
