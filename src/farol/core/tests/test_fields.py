"""The money column holds integers and answers in Decimal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.db import connection, models
from django.db.models import F, Sum

from farol.core.fields import MoneyField


class Purse(models.Model):
    """A table of this test alone."""

    amount = MoneyField(null=True, blank=True)

    class Meta:
        app_label = "web"
        managed = False
        db_table = "test_purse"

    def __str__(self) -> str:
        return str(self.amount)


@pytest.fixture
def purses(transactional_db):
    with connection.schema_editor() as editor:
        editor.create_model(Purse)
    yield Purse.objects
    with connection.schema_editor() as editor:
        editor.delete_model(Purse)


def test_round_trip_sum_and_filter(purses):
    for text in ("0.10", "0.20", "-5.00", "90071992547409.93"):
        purses.create(amount=Decimal(text))
    purses.create(amount=None)
    assert purses.aggregate(total=Sum("amount"))["total"] == Decimal("90071992547405.23")
    assert str(purses.get(amount=Decimal("0.1")).amount) == "0.10"
    assert purses.filter(amount__lt=0).count() == 1
    purses.filter(amount=Decimal("0.20")).update(amount=F("amount") + F("amount"))
    assert purses.filter(amount=Decimal("0.40")).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT amount FROM test_purse WHERE amount = 10")
        assert isinstance(cursor.fetchone()[0], int)


@pytest.mark.parametrize(
    ("value", "error"), [(0.1, TypeError), (True, TypeError), ("1", TypeError), (Decimal("0.001"), ValueError)]
)
def test_refuses_floats_and_fractions(value, error):
    with pytest.raises(error):
        Purse._meta.get_field("amount").get_prep_value(value)


def test_form_reads_and_shows_brazilian_amounts():
    form_class = forms.modelform_factory(Purse, fields=["amount"])
    assert form_class({"amount": "R$ 1.234,56"}).save(commit=False).amount == Decimal("1234.56")
    assert form_class({"amount": ""}).is_valid()
    assert "1.234" in str(form_class({"amount": "1.234"}).errors["amount"])
    assert 'value="1.234,50"' in form_class(instance=Purse(amount=Decimal("1234.50"))).as_p()
