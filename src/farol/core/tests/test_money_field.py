"""The form field of amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator

from farol.core.fields import MoneyFormField


def test_length_is_of_the_text_and_value_of_the_amount():
    field = MoneyFormField(max_length=8, validators=[MinValueValidator(Decimal(1))])
    assert field.clean("1.234,56") == Decimal("1234.56")
    assert field.clean(Decimal("1234567890.00")) == Decimal("1234567890.00")
    for wrong in ("1.234.567,00", "0,50", "1\0", "x"):
        with pytest.raises(ValidationError):
            field.clean(wrong)
