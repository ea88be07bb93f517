"""People for the tests of this room."""

from __future__ import annotations

import pytest
from django.test import Client

from farol.platform.accounts.models import Role, User

PASSWORD = "uma senha comprida 9"


@pytest.fixture
def make(db):
    """A person with a role: `make("ana@example.com", "manager")`."""

    def made(email: str = "ana@example.com", role: str = "manager", password: str | None = PASSWORD) -> User:
        user = User.objects.create_user(email, password, name=email.partition("@")[0].title())
        user.roles.add(Role.objects.get(slug=role))
        return user

    return made


@pytest.fixture
def enter():
    """Log in through the page; the client and the answer."""

    def entered(email: str, password: str = PASSWORD, client: Client | None = None, **headers: str):
        client = client or Client(raise_request_exception=False)
        return client, client.post("/entrar", {"email": email, "password": password}, **headers)

    return entered
