"""M6: centavos are exact; what people type is read as they meant it, or asked about."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import farol
from farol.core import formats, money
from farol.core.errors import BadInput

AMOUNTS = st.integers(-(10**16), 10**16).map(lambda c: money.from_centavos(c) / 10).map(money.quantize)
CENTAVOS = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56", "1234.56"),
        (" 1234.5", "1234.50"),
        ("R$ -0,01", "-0.01"),
        ("-R$\u00a010,50", "-10.50"),
        ("r$1", "1.00"),
        ("１．２３４，５６", "1234.56"),
        ("1.234.567", "1234567.00"),
        ("1,234.56", "1234.56"),
        ("1.234,", "1234.00"),
        (",5", "0.50"),
        ("\u22122,00", "-2.00"),
        ("-0", "0.00"),
        ("+3", "3.00"),
    ],
)
def test_reads_what_people_type(text, value):
    parsed = money.parse(text)
    assert str(parsed) == value


@pytest.mark.parametrize("text", ["1.234", "1,234", "R$ 12.345", "-999.999", "１．２３４"])
def test_asks_where_two_amounts_are_possible(text):
    with pytest.raises(BadInput) as refusal:
        money.parse(text)
    assert (refusal.value.field, refusal.value.code) == ("money", "ambiguous")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "R$",
            "abc",
            "1,2,3",
            "1.23.456",
            "12.34,5",
            "1e5",
            "nan",
            "Infinity",
            "--1",
            "-R$-1",
            "1,234,5",
            "0,001",
        ),
        *("1234,567", "0x10", "½", "٣", "1.234,567", "US$ 1", ".", ",", "1000000000000000", "01.234,00"),
    ],
)
def test_refuses_what_is_no_amount(text):
    with pytest.raises(BadInput) as refusal:
        money.parse(text)
    assert refusal.value.field == "money"


@settings(max_examples=10_000, deadline=None)
@given(CENTAVOS)
def test_what_is_written_is_read_back(centavos):
    value = money.from_centavos(centavos)
    assert money.to_centavos(value) == centavos
    assert money.parse(formats.brl(value, "pt-br")) == value
    assert money.parse(formats.number(value, 2, "pt-br")) == value
    assert money.parse(str(value)) == value


@settings(max_examples=10_000, deadline=None)
@given(CENTAVOS, st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_parts_add_up_and_are_fair(centavos, weights):
    total = money.from_centavos(centavos)
    parts = money.split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        # against the exact share, never a whole centavo off; nothing to who has no weight
        assert abs(money.to_centavos(part) * sum(weights) - centavos * weight) < sum(weights)
        assert weight or not part


def test_split_refuses_nonsense():
    for weights in ([], [0, 0], [1, -1]):
        with pytest.raises(ValueError, match="weights"):
            money.split(Decimal("1.00"), weights)
    with pytest.raises(ValueError, match="centavos"):
        money.split(Decimal("0.001"), [1])


@given(st.decimals(-(10**12), 10**12, places=4))
def test_rounds_half_away_from_zero_and_never_to_minus_zero(value):
    rounded = money.quantize(value)
    assert abs(rounded - value) <= Decimal("0.005")
    assert not (rounded == 0 and rounded.is_signed())
    assert money.quantize(-value) == -rounded


def test_money_code_has_no_floats():
    """No float literal, `float()` call or true division in the modules that calculate with money."""
    source = Path(farol.__file__).parent / "core"
    for name in ("money.py", "fields.py"):
        for node in ast.walk(ast.parse((source / name).read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{name}:{node.lineno}"
            assert not (isinstance(node, ast.Name) and node.id == "float"), f"{name}:{node.lineno}"
            assert not (isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div)), name
