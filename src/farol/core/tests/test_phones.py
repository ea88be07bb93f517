"""Telephones typed in many ways are one number; masks show no more than two digits of it."""

from __future__ import annotations

import pytest

from farol.core import phones
from farol.core.errors import BadInput


@pytest.mark.parametrize(
    "text",
    [
        "11987654321",
        "(11) 98765-4321",
        "+55 11 98765-4321",
        "5511987654321",
        "011 98765 4321",
        "１１９８７６５４３２１",
    ],
)
def test_one_number_in_many_forms(text):
    assert phones.read(text) == "+5511987654321"


def test_fixed_foreign_and_the_area_code_that_reads_like_the_country():
    assert phones.read("(51) 3333-4444") == "+555133334444"
    assert phones.read("55 3333-4444") == "+555533334444"
    assert phones.read("+351 912 345 678") == "+351912345678"


@pytest.mark.parametrize("text", ["", "119876", "11887654321", "20987654321", "abc", "+55119876543210", "1" * 80])
def test_what_is_no_telephone(text):
    with pytest.raises(BadInput):
        phones.read(text)


def test_shown_and_masked():
    assert phones.show("+5511987654321") == "(11) 98765-4321"
    assert phones.mask("+5511987654321") == "(11) •••••-••21"
    assert phones.mask("+351912345678").count("•") == 10
