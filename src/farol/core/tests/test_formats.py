"""Figures and days as they are written, with Babel's habits guarded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from farol.core import formats

DAY = dt.date(2026, 11, 21)
S = formats.NBSP


@pytest.mark.parametrize(
    ("value", "pt", "en"),
    [
        (Decimal("1234.56"), f"R${S}1.234,56", f"R${S}1,234.56"),
        (Decimal("-10.5"), f"-R${S}10,50", f"-R${S}10.50"),
        (Decimal("-0.004"), f"R${S}0,00", f"R${S}0.00"),
        (Decimal("0.125"), f"R${S}0,13", f"R${S}0.13"),
        (None, "—", "—"),
    ],
)
def test_money(value, pt, en):
    assert (formats.brl(value, "pt-br"), formats.brl(value, "en")) == (pt, en)


@pytest.mark.parametrize(
    ("value", "pt", "en"),
    [
        ("1234567", f"R${S}1,2{S}mi", f"R${S}1.2M"),
        ("999999.99", f"R${S}1{S}mi", f"R${S}1M"),
        ("999949", f"R${S}999,9{S}mil", f"R${S}999.9K"),
        ("999.99", f"R${S}1{S}mil", f"R${S}1K"),
        ("-1250", f"-R${S}1,3{S}mil", f"-R${S}1.3K"),
        ("1234567890", f"R${S}1,2{S}bi", f"R${S}1.2B"),
        ("12.4", f"R${S}12", f"R${S}12"),
        ("0", f"R${S}0", f"R${S}0"),
    ],
)
def test_compact_money(value, pt, en):
    assert (formats.compact_brl(Decimal(value), "pt-br"), formats.compact_brl(Decimal(value), "en")) == (pt, en)


def test_numbers_and_percents():
    assert formats.number(1234567, language="pt-br") == "1.234.567"
    assert formats.number(2.675, 2, "pt-br") == "2,68"
    assert formats.compact(35_432, "pt-br") == f"35,4{S}mil"
    assert formats.percent(Decimal("12.345"), language="pt-br") == f"12,3{S}%"
    assert formats.percent(12.25, sign=True, language="pt-br") == f"+12,3{S}%"
    assert formats.percent(-0.01, sign=True, language="pt-br") == f"0,0{S}%"
    assert formats.percent(None) == "—"
    assert formats.signed_brl(Decimal(1), "pt-br") == f"+R${S}1,00"


def test_days():
    assert formats.date(DAY, "pt-br") == "21/11/2026"
    assert formats.date(DAY, "en") == "21 Nov 2026"
    assert formats.day_long(DAY, "pt-br") == "sábado, 21 de novembro de 2026"
    assert formats.day_long(DAY, "en") == "Saturday, 21 November 2026"
    assert formats.weekday(DAY, "pt-br") == "sábado"
    assert formats.month(DAY, "pt-br") == "novembro de 2026"


def test_language_of_the_request_is_the_default():
    with translation.override("en"):
        assert formats.brl(Decimal("1.5")) == f"R${S}1.50"
    with translation.override("pt-br"):
        assert formats.brl(Decimal("1.5")) == f"R${S}1,50"
