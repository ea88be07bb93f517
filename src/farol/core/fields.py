"""The money column: integer centavos in the database, `Decimal` reais in Python."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import formats, money
from farol.core.errors import BadInput

OF_TEXT = (MaxLengthValidator, MinLengthValidator, ProhibitNullCharactersValidator)


class MoneyFormField(forms.CharField):
    """An amount typed the Brazilian way. Length is checked on the text, other validators see the amount."""

    validators: list[Any]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._of_text = [v for v in self.validators if isinstance(v, OF_TEXT)]
        self.validators = [v for v in self.validators if not isinstance(v, OF_TEXT)]

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return value
        text = super().to_python(value)
        if not text:
            return None
        for validator in self._of_text:
            validator(text)
        try:
            return money.parse(text)
        except BadInput as error:
            raise ValidationError(error.detail, code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        return formats.number(value, 2, "pt-br") if isinstance(value, Decimal) else value


class MoneyField(models.BigIntegerField):
    """An amount in reais; sums and comparisons in the database run on exact integers.

    A float is refused with `TypeError`, a fraction of a centavo with `ValueError`.
    """

    description = _("Amount in reais")

    def from_db_value(self, value: int | None, _expression: Any, _connection: Any) -> Decimal | None:
        return None if value is None else money.from_centavos(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(_("“%(value)s” is not an amount."), params={"value": value}) from error

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
            raise TypeError(f"{self.name} takes Decimal reais, not {type(value).__name__}")
        return money.to_centavos(Decimal(value))

    def value_to_string(self, obj: Any) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        # not super(): an integer's form field takes bounds, which a typed amount does not
        return models.Field.formfield(self, **{"form_class": MoneyFormField, **kwargs})
