"""Statements that are kept write and read what the ORM would."""

from __future__ import annotations

import datetime as dt

import pytest
from django.forms.models import model_to_dict

from farol.core import rows
from farol.platform.accounts.models import User
from farol.platform.audit.models import Entry

pytestmark = pytest.mark.django_db


def test_a_row_written_is_read_by_the_orm():
    at = dt.datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=dt.UTC)
    rows.insert(Entry, at=at, code="x.y", params={"ação": ["é", None, 1.5]}, target="a:1")
    entry = Entry.objects.get()
    assert (entry.at, entry.code, entry.params, entry.target) == (at, "x.y", {"ação": ["é", None, 1.5]}, "a:1")
    assert (entry.person_id, entry.position, entry.digest) == (None, None, "")


def test_an_unknown_column_is_a_mistake():
    with pytest.raises(TypeError, match="colour"):
        rows.insert(Entry, code="x.y", colour="red")


def test_a_row_read_is_the_one_of_the_orm():
    Entry.objects.create(code="x.y", params={"a": [1]})
    entry = Entry.objects.get()
    assert model_to_dict(rows.read(Entry, entry.pk)) == model_to_dict(entry)
    assert rows.read(Entry, entry.pk).at == entry.at
    with pytest.raises(Entry.DoesNotExist):
        rows.read(Entry, entry.pk + 1)


def test_a_guarded_change_finds_its_row_or_changes_nothing():
    user = User.objects.create(email="a@example.com", name="Ana")
    at = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
    assert rows.change(User, {"id": user.pk, "name": "Ana"}, {"name": "Bia", "last_login": at})
    assert not rows.change(User, {"id": user.pk, "name": "Ana"}, {"name": "Clara"})
    user.refresh_from_db()
    assert (user.name, user.last_login) == ("Bia", at)
