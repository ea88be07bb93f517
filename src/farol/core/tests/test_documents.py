"""I9: CPF and CNPJ, letters included: no valid one refused, no invalid one accepted."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farol.core.documents import cnpj, cpf
from farol.core.errors import BadInput

VALID = {
    cpf: ["111.444.777-35", "11144477735", "１１１．４４４．７７７－３５", " 111 444 777 35 "],
    cnpj: ["12.ABC.345/01DE-35", "12abc34501de35", "11.222.333/0001-81", "00.000.000/0001-91", "A0B1C2D3/0001-79"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in VALID.items() for text in texts])
def test_known_good(kind, text):
    assert kind.is_valid(text)
    assert kind.format(kind.format(text)) == kind.format(text)


@pytest.mark.parametrize(
    "text", [str(d) * 11 for d in range(10)] + ["", "111444777", "1114447773A", "11144477736", "1" * 99]
)
def test_known_bad_cpf(text):
    assert not cpf.is_valid(text)


@pytest.mark.parametrize(
    "text", ["0" * 14, "12ABC34501DE3A", "12ABC34501DE36", "1122233300018", "12.ÁBC.345/01DE-35", "A" * 14]
)
def test_known_bad_cnpj(text):
    assert not cnpj.is_valid(text)


def reference(base: str) -> str:
    """The published algorithm, written another way: weights 2 to 9 (2 to 11 for CPF) repeated from the right."""
    top = 11 if len(base) < 12 else 9
    for _turn in range(2):
        total = sum((ord(c) - 48) * (2 + i % (top - 1)) for i, c in enumerate(reversed(base)))
        base += "0" if total % 11 < 2 else str(11 - total % 11)
    return base


@pytest.mark.parametrize(
    ("kind", "length", "alphabet"), [(cpf, 9, string.digits), (cnpj, 12, string.digits + string.ascii_uppercase)]
)
def test_ten_thousand_of_each(kind, length, alphabet):
    dice = random.Random(20261121)
    for _turn in range(10_000):
        good = reference("".join(dice.choices(alphabet, k=length)))
        place = dice.randrange(len(good))
        bad = good[:place] + dice.choice([c for c in alphabet if (ord(c) - ord(good[place])) % 11]) + good[place + 1 :]
        assert kind.is_valid(good) == (len(set(good)) > 1)
        assert kind.is_valid(kind.format(good)) == kind.is_valid(good)
        assert kind.normalize(kind.format(good.lower())) == good
        # one changed character always shows, but where both digits fold 10 and 11 (or 0 and 1) together
        assert not kind.is_valid(bad) or reference(bad[:-2]) == bad


@given(st.text())
def test_nothing_typed_breaks_it(text):
    for kind in (cpf, cnpj):
        kind.mask(text)
        kind.format(text)
        assert kind.is_valid(text) in (True, False)


def test_masks_and_refusal():
    assert cpf.mask("11144477735") == "***.444.777-**"
    assert cnpj.mask("12ABC34501DE35") == "**.ABC.345/****-**"
    assert cpf.mask("oops") == "••••"
    assert cnpj.validate(" 12.abc.345/01de-35 ") == "12ABC34501DE35"
    with pytest.raises(BadInput) as refusal:
        cpf.validate("1", field="holder")
    assert refusal.value.field == "holder"
