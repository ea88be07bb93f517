"""However many listen, one round asks the database the same number of questions."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from farol.platform.accounts.models import Role, SignIn, User
from farol.platform.notifications.models import Notification
from farol.platform.stream.rounds import Listener, look


def listening(name: str, unread: int) -> Listener:
    user = User.objects.create(email=f"{name}@example.com", name=name)
    user.roles.set(Role.objects.filter(slug__in=["finance", "manager"]))
    Client().force_login(user)
    Notification.objects.bulk_create(Notification(person=user, code="x", category="data") for _ in range(unread))
    return Listener(user.pk, SignIn.objects.get(user=user).session_key)


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_listeners():
    counts, listeners = [], [listening(f"p{n}", n) for n in range(9)]
    for some in (listeners[:2], listeners):
        with CaptureQueriesContext(connection) as asked:
            said = look({listener: {"notifications"} for listener in some})
        counts.append(len(asked))
        assert [json.loads(said[one]["notifications"])["unread"] for one in some] == list(range(len(some)))
    assert counts[0] == counts[1] <= 4


@pytest.mark.django_db
def test_who_is_signed_out_hears_nothing():
    here, gone = listening("here", 1), listening("gone", 1)
    SignIn.objects.filter(user=gone.user).delete()
    assert look({here: {"notifications"}, gone: {"notifications"}}).keys() == {here}
